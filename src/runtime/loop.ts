import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from './log.ts';

/** Work that comes back: a sweep, a flush. */
export interface Loop {
  /** Name in logs. */
  readonly name: string;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly everyMs: number;
  /** One run; what it throws is logged and the next run comes all the same. The signal aborts when the service ends. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** When it runs first. @default 'after a pause' */
  readonly firstRun?: 'at start' | 'after a pause';
  /** Whether it runs once more when the service ends, to flush what is left. @default false */
  readonly lastRun?: boolean;
}

/** A loop that runs. */
export interface RunningLoop {
  /** Lets the present run finish, and the last one run. */
  stop(): Promise<void>;
}

/** Starts a loop. */
export function startLoop(loop: Loop, log: Logger): RunningLoop {
  const stopping = new AbortController();
  const once = async (): Promise<void> => {
    try {
      await loop.run(stopping.signal);
    } catch (err) {
      log.error({ err, loop: loop.name }, 'a loop failed, retrying later');
    }
  };
  const ended = (async () => {
    if (loop.firstRun === 'at start') await once();
    while (!stopping.signal.aborted) {
      await pause(loop.everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it can be aborted during the pause
      if (!stopping.signal.aborted) await once();
    }
    if (loop.lastRun === true) await once();
  })();
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
