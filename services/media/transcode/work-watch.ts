import type { videoProcess } from '#contracts';
import type { DataOf } from '#declare';
import { hasRoom } from '../disk/disk-floor.ts';
import { isWanted } from '../repository/cancelled-runs.ts';
import type { Service } from '../service.ts';
import { touchWorkFolder } from './work-folder.ts';

/** Reason for which work is ended whose result nobody wants. */
export class NotWanted extends Error {
  override readonly name = 'NotWanted';

  constructor() {
    super('the job was cancelled or its video deleted');
  }
}

/** A watch over one piece of work. */
export interface WorkWatch {
  /** Aborts when the work is to end. */
  readonly signal: AbortSignal;
  stop(): void;
}

const LOOK_EVERY_MS = 1000;

/**
 * Watches over work while it goes on: whether it is wanted (asked of the database, so that it does not matter which replica
 * heard of the cancellation), whether the disk has room (half the floor is left to work that had begun), and touches its
 * folder.
 */
export function watchWork(
  service: Service,
  job: DataOf<typeof videoProcess>,
  options: { readonly folder: string; readonly signal: AbortSignal },
): WorkWatch {
  const { folder, signal } = options;
  const ending = new AbortController();
  const floor = service.config.DISK_FLOOR_BYTES / 2;
  let looking = false;

  async function look(): Promise<void> {
    await touchWorkFolder(folder, new Date());
    if (!(await isWanted(service.db, job))) ending.abort(new NotWanted());
    else if (!(await hasRoom(folder, floor, 0))) ending.abort(new Error('the disk has no room for this job'));
  }

  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    // a database that is away for a moment does not end the work
    void look()
      .catch((err: unknown) => service.log.warn({ err }, 'the job could not be monitored'))
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MS);
  // not AbortSignal.any: one that depends on a signal as long-lived as the service is never freed
  const pass = (): void => ending.abort(signal.reason);
  signal.addEventListener('abort', pass, { once: true });
  if (signal.aborted) pass();
  return {
    signal: ending.signal,
    stop() {
      clearInterval(timer);
      signal.removeEventListener('abort', pass);
    },
  };
}
