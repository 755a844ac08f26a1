import { setTimeout as pause } from 'node:timers/promises';
import { unavailabilityOf } from '../unavailable.ts';

/** Runs of a transaction in all. */
const MOST_RUNS = 8;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/**
 * Runs a transaction again that met another one: PostgreSQL ended it for a deadlock (40P01) or since it could not be put in
 * order with others (40001), and the same may go well a moment later. The pauses grow and differ, so that the two do not meet
 * again. Throws the last error when it never does.
 */
export async function againOnConflict<T>(transaction: () => Promise<T>): Promise<T> {
  for (let run = 1; ; run += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (run === MOST_RUNS || unavailabilityOf(error)?.kind !== 'conflict') throw error;
      await pause(Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** run, LONGEST_PAUSE_MS));
    }
  }
}
