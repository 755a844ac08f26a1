/** Probes of a service's container: which path or command answers them, and how patient they are. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';
import { intOrString } from '../object/kube-objects.ts';

/** One probe. What is omitted stays as the default of its kind. */
export interface ProbeOptions {
  /** Path that answers 200. @default '/livez' for startup and liveness, '/readyz' for readiness */
  readonly path?: string;
  /** Name of the port to ask, one of `ports`. @default 'http' */
  readonly port?: string;
  /** Command that exits with 0, instead of a path. @default - HTTP */
  readonly exec?: readonly string[];
  /** Seconds before the first. @default 0 */
  readonly initialDelaySeconds?: number;
  /** Seconds between two. @default - startup 2, readiness 5, liveness 10 */
  readonly periodSeconds?: number;
  /** Seconds that an answer may take. @default - startup and readiness 3, liveness 5 */
  readonly timeoutSeconds?: number;
  /** Failures in a row that count. @default - startup as many as fit into `startSeconds`, readiness 2, liveness 3 */
  readonly failureThreshold?: number;
}

/** The three probes of a container. */
export interface Probes {
  /** Until it succeeds, the others wait. @default - /livez every 2 s */
  readonly startup?: ProbeOptions;
  /** While it fails, no traffic comes. @default - /readyz every 5 s */
  readonly readiness?: ProbeOptions;
  /** When it fails, the container is restarted. @default - /livez every 10 s */
  readonly liveness?: ProbeOptions;
}

/** One command as the startup and the liveness probe, for an image without a health endpoint. */
export interface ExecProbe extends ProbeOptions {
  /** Command and arguments; exit code 0 means healthy. No shell expands it. */
  readonly exec: readonly string[];
}

/** How a container is probed; false for not at all. */
export type ProbeChoice = Probes | ExecProbe | false;

/** Name of the port 8000 in the pod and in the Service. */
export const PORT_NAME = 'http';

const DEFAULTS = {
  startup: { path: '/livez', periodSeconds: 2, timeoutSeconds: 3 },
  readiness: { path: '/readyz', periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
  liveness: { path: '/livez', periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
} as const satisfies Record<keyof Probes, ProbeOptions>;
const NUMBERS = ['periodSeconds', 'timeoutSeconds', 'failureThreshold'] as const;

/** The probes of a container that may take `startSeconds` to start. */
export function probesOf(
  choice: ProbeChoice,
  startSeconds: number,
): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  if (choice === false) return {};
  const given = byKind(choice);
  const period = given.startup?.periodSeconds ?? DEFAULTS.startup.periodSeconds;
  const tries = { failureThreshold: Math.ceil(startSeconds / period) };
  const startupProbe = probe({ ...DEFAULTS.startup, ...tries, ...given.startup });
  if (!asksPort(choice)) return { startupProbe, livenessProbe: probe({ ...DEFAULTS.liveness, ...given.liveness }) };
  return {
    startupProbe,
    readinessProbe: probe({ ...DEFAULTS.readiness, ...given.readiness }),
    livenessProbe: probe({ ...DEFAULTS.liveness, ...given.liveness }),
  };
}

/** Whether the container must have the port 8000, because a health endpoint is asked there. */
export function asksPort(choice: ProbeChoice): choice is Probes {
  return choice !== false && !('exec' in choice);
}

/** What is wrong with probes; `ports` are the names of the container's ports. */
export function probeFaults(choice: ProbeChoice, ports: readonly string[], place: string): readonly Fault[] {
  const given = choice === false ? {} : byKind(choice);
  return Object.entries(given as Readonly<Record<string, ProbeOptions | undefined>>).flatMap(([kind, options = {}]) => {
    const fault = (message: string): Fault => ({ rule: 'probe', place: `${place} probes.${kind}`, message });
    const { path, port = PORT_NAME, exec, initialDelaySeconds = 0 } = options;
    return [
      ...(path === undefined || path.startsWith('/')
        ? []
        : [fault(`path is ${JSON.stringify(path)}, must start with /: write it like /readyz`)]),
      ...(exec !== undefined || ports.includes(port)
        ? []
        : [fault(`port is ${port}, must be a port of the container (${ports.join(', ')}): add it to ports`)]),
      ...(exec === undefined || (exec.length > 0 && path === undefined)
        ? []
        : [fault('exec must be a command, and without a path: list its words, and remove path')]),
      ...NUMBERS.filter((name) => !isCount(options[name] ?? 1)).map((name) =>
        fault(`${name} is ${options[name]}, must be a positive integer`),
      ),
      ...(initialDelaySeconds === 0 || isCount(initialDelaySeconds)
        ? []
        : [fault(`initialDelaySeconds is ${initialDelaySeconds}, must be 0 or a positive integer`)]),
    ];
  });
}

/** One command stands for the startup and the liveness; its threshold is that of the liveness, as the start has its own. */
function byKind(choice: Probes | ExecProbe): Probes {
  if (!('exec' in choice)) return choice;
  const { failureThreshold: _, ...startup } = choice;
  return { startup, liveness: choice };
}

function probe({ path, port = PORT_NAME, exec, ...times }: ProbeOptions): k8s.Probe {
  if (exec !== undefined) return { exec: { command: [...exec] }, ...times };
  return { httpGet: { ...(path === undefined ? {} : { path }), port: intOrString(port) }, ...times };
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
