import type { Dependency, DependencyState } from '../dependency.ts';
import { textOf } from '../dependency.ts';

/** Where a process is in its life. */
export type Phase = 'starting' | 'ready' | 'draining';

/** What `/readyz` answers. */
export interface Readiness {
  readonly ready: boolean;
  readonly phase: Phase;
  readonly dependencies: Readonly<Record<string, DependencyState & { readonly required: boolean }>>;
}

/** Whether a process takes requests, and why not. */
export interface Health {
  phase: Phase;
  /** Set when the process cannot continue: `/livez` fails and the kubelet starts another. */
  dead: string | undefined;
  add(dependency: Dependency): void;
  readiness(): Promise<Readiness>;
}

const CHECK_TIMEOUT_MS = 1500;
/** A probe every 5 s and a person's look in between ask once. */
const REMEMBERED_MS = 1000;

/** Health of a process that starts. */
export function createHealth(): Health {
  const dependencies: Dependency[] = [];
  let remembered:
    { readonly at: number; readonly phase: Phase; readonly states: Promise<Readiness['dependencies']> } | undefined;

  async function statesOf(): Promise<Readiness['dependencies']> {
    const entries = dependencies.map(async ({ name, required, check }) => {
      return [name, { required, ...(await checkWithin(check)) }] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  const health: Health = {
    phase: 'starting',
    dead: undefined,
    add: (dependency) => void dependencies.push(dependency),
    async readiness() {
      const now = performance.now();
      // dependencies join while the process starts, so what was known then is not the whole
      if (remembered?.phase !== health.phase || now - remembered.at > REMEMBERED_MS || health.phase === 'starting') {
        remembered = { at: now, phase: health.phase, states: statesOf() };
      }
      const states = await remembered.states;
      const up = Object.values(states).every((state) => state.up || !state.required);
      return {
        ready: health.phase === 'ready' && health.dead === undefined && up,
        phase: health.phase,
        dependencies: states,
      };
    },
  };
  return health;
}

async function checkWithin(check: Dependency['check']): Promise<DependencyState> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<DependencyState>((resolve) => {
    timer = setTimeout(
      () => resolve({ up: false, detail: `no answer within ${CHECK_TIMEOUT_MS} ms` }),
      CHECK_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([Promise.resolve(check()), timeout]);
  } catch (error) {
    // the address in a socket's error is nobody's business
    return { up: false, detail: textOf(error).replace(/\s+\S*\d+\.\d+\.\d+\.\d+\S*|\s+\S+:\d+$/g, '') };
  } finally {
    clearTimeout(timer);
  }
}
