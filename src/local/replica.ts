import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServicePort } from './cluster-addresses.ts';
import { localEnv } from './container-env.ts';
import { Instance } from './instance.ts';
import type { EventSink } from './local-event.ts';
import { commandFor, placeOf, type ImageCommand, type LocalSettings } from './local-settings.ts';
import type { Container, Probe } from './manifests.ts';
import { mountVolumes } from './pod-volumes.ts';
import { findProgram, freePort, type ProgramName } from './servers/index.ts';
import type { PodContext } from './store-pod.ts';
import { imageName, type Workload } from './workload.ts';

/** A replica that is to be started: its place on this machine, before its variables are known. */
export interface Replica {
  readonly workload: Workload;
  readonly container: Container;
  readonly command: ImageCommand;
  readonly name: string;
  readonly port: number;
}

/** How replicas are started. */
export interface ReplicaOptions {
  readonly settings: LocalSettings;
  /** Replicas of each workload that supports more than one. @default - as in the manifests */
  readonly replicas?: number;
  /** Variables replaced in the manifest, by workload or `*`. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly origin: string;
  readonly backoffMs: number;
  readonly maxGraceMs: number;
  readonly onEvent: EventSink;
}

/** Chooses a port and a command for each replica of a service; none, with a notice, where the settings leave it out. */
export async function placeReplicas(workload: Workload, options: ReplicaOptions): Promise<Replica[]> {
  const { settings, onEvent, replicas } = options;
  const place = placeOf(settings, workload);
  if (place === undefined) {
    const images = workload.containers.map(({ image }) => imageName(image)).join(', ');
    onEvent({
      event: 'notice',
      text: `${workload.name} is skipped: the settings have no command for the image ${images}`,
    });
    return [];
  }
  const { container, command } = place;
  if (command.requires !== undefined && !existsSync(command.requires)) {
    onEvent({ event: 'notice', text: `${workload.name} is skipped: ${command.requires} does not exist` });
    return [];
  }
  const count =
    workload.single || command.single === true ? Math.min(workload.replicas, 1) : (replicas ?? workload.replicas);
  const numbers = Array.from({ length: count }, (_, number) => number);
  return await Promise.all(
    numbers.map(async (number) => {
      const port = await freePort();
      const own = commandFor(settings, { image: container.image, app: workload.app, port }) ?? command;
      return { workload, container, command: own, name: `${workload.name}-${number}`, port };
    }),
  );
}

/** Local addresses of the Services in front of replicas: the first one stands for all. */
export function replicaAddress(port: ServicePort, replicas: readonly Replica[]): number | undefined {
  return replicas.find(({ workload }) => workload.name === port.workload)?.port;
}

/** Makes the volumes and variables of a replica, and the instance that will run it. */
export function makeInstance(replica: Replica, context: PodContext, options: ReplicaOptions): Instance {
  const { workload, container, command, name, port } = replica;
  const podFolder = join(context.podFolder, name);
  const mounts = mountVolumes(container, workload.volumes, { ...context, podFolder });
  const replaced = {
    PUBLIC_ORIGIN: options.origin,
    ...programPaths(options.settings),
    ...options.env['*'],
    ...options.env[workload.name],
  };
  const onNotice = (text: string): void => options.onEvent({ event: 'notice', text });
  const env = localEnv(container, { ...context, workload, podName: name, mounts, replaced, onNotice });
  const temporary = mounts.find(({ mountPath }) => mountPath === '/tmp')?.path ?? context.podFolder;
  return new Instance({
    name,
    workload: workload.name,
    port,
    command: command.command,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: temporary,
      TMPDIR: temporary,
      ...env,
      ...telemetryVariables(process.env),
      HOST: '127.0.0.1',
      PORT: String(port),
    },
    cwd: command.cwd ?? process.cwd(),
    probes: probesOf(container, command),
    retries: workload.retries,
    graceMs: Math.min(workload.graceMs, options.maxGraceMs),
    backoffMs: options.backoffMs,
    onEvent: options.onEvent,
  });
}

/** OpenTelemetry's variables of the shell, which say where spans go; the name of a service is its own. */
function telemetryVariables(shell: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(shell).filter((name) => name.startsWith('OTEL_') && name !== 'OTEL_SERVICE_NAME');
  return Object.fromEntries(names.map((name) => [name, shell[name] ?? '']));
}

function probesOf(container: Container, { probePath }: ImageCommand): Pick<Container, 'readinessProbe'> {
  if (probePath === undefined) return container;
  const elsewhere = (probe: Probe | undefined): Probe => ({ ...probe, httpGet: { path: probePath, port: 0 } });
  return { readinessProbe: elsewhere(container.readinessProbe) };
}

function programPaths({ programs = {} }: LocalSettings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(programs).map(([variable, program]) => [variable, findProgram(program as ProgramName) ?? program]),
  );
}
