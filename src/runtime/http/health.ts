/**
 * Whether a process takes requests, and whether it is of any use. `/readyz` is about this replica alone: a store that all
 * replicas share takes none of them out of the edge, since the others would fare no better; the body names it, and what needs
 * it answers 503. `/livez` fails only for what a restart mends.
 */
import { textOf, type Dependency, type DependencyState } from '../dependency.ts';
import type { Unavailability } from '../unavailable.ts';

/** Where a process is in its life. */
export type Phase = 'starting' | 'ready' | 'draining';

/** What `/readyz` answers. */
export interface Readiness {
  readonly ready: boolean;
  readonly phase: Phase;
  readonly dependencies: Readonly<Record<string, DependencyState & { readonly required: boolean }>>;
  /** Parts of this process that do not go on. */
  readonly stuck: readonly string[];
}

/** A part of the process that goes on by itself, such as a relay or a consumer. */
export interface WatchedPart {
  readonly name: string;
  /** Milliseconds that its present step has taken; undefined while it waits for what may take any time. */
  stepMs(): number | undefined;
}

/** Health of a process. */
export interface Health {
  phase: Phase;
  /** Set when the process cannot continue: `/livez` fails and the kubelet starts another. */
  dead: string | undefined;
  add(dependency: Dependency): void;
  watch(part: WatchedPart): void;
  /** A request or message met a store that could not serve it: it is named for a while, also when it answers a check. */
  note(trouble: Unavailability): void;
  readiness(): Promise<Readiness>;
  /** Whether a restart would not help. */
  alive(): boolean;
}

const CHECK_TIMEOUT_MS = 1500;
/** A probe every 5 s and a person's look in between ask once. */
const REMEMBERED_MS = 1000;
/** How long a trouble is named. */
const TROUBLE_MS = 10_000;
/** Every step of a part has a bound below this: one that takes longer is stuck, and others may do better. */
const STUCK_MS = 30_000;
/** After this a restart is tried. */
const DEAD_MS = 90_000;

/** Health of a process that starts. */
export function createHealth(): Health {
  const dependencies: Dependency[] = [];
  const parts: WatchedPart[] = [];
  const troubles = new Map<string, Unavailability & { readonly at: number }>();
  let remembered:
    { readonly at: number; readonly phase: Phase; readonly states: Promise<Readiness['dependencies']> } | undefined;

  function withTrouble(name: string, state: DependencyState): DependencyState {
    const trouble = troubles.get(name);
    if (!state.up || trouble === undefined || performance.now() - trouble.at > TROUBLE_MS) return state;
    return { ...state, up: trouble.kind !== 'away', detail: `${trouble.kind}: ${trouble.reason}` };
  }

  async function statesOf(): Promise<Readiness['dependencies']> {
    const entries = dependencies.map(async ({ name, required, check }) => {
      return [name, { required, ...withTrouble(name, await checkWithin(check)) }] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  function stuckFor(ms: number): string[] {
    return parts.filter((part) => (part.stepMs() ?? 0) > ms).map(({ name }) => name);
  }

  const health: Health = {
    phase: 'starting',
    dead: undefined,
    add: (dependency) => void dependencies.push(dependency),
    watch: (part) => void parts.push(part),
    note: (trouble) => void troubles.set(trouble.dependency, { ...trouble, at: performance.now() }),
    async readiness() {
      const now = performance.now();
      const { phase } = health;
      // dependencies join while the process starts, so what was known then is not the whole
      if (remembered?.phase !== phase || now - remembered.at > REMEMBERED_MS || phase === 'starting') {
        remembered = { at: now, phase, states: statesOf() };
      }
      const states = await remembered.states;
      const up = Object.values(states).every((state) => state.up || !state.required);
      const stuck = stuckFor(STUCK_MS);
      // the phase of both moments: states from the start say nothing about a process that became ready meanwhile
      const serving = phase === 'ready' && health.phase === 'ready' && health.dead === undefined;
      return { ready: serving && up && stuck.length === 0, phase, dependencies: states, stuck };
    },
    alive: () => health.dead === undefined && stuckFor(DEAD_MS).length === 0,
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
