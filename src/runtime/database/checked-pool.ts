import type { PostgresPool } from 'kysely';
import type pg from 'pg';
import { Lease } from './bounded-client.ts';

/**
 * A pool for Kysely's own driver, whose commits are looked at: PostgreSQL answers the commit of a transaction with a failed
 * statement by a rollback, and Kysely does not look. An effect that caught the error of its own statement would be lost, and
 * its message acknowledged.
 */
export function checkedPool(pool: pg.Pool): PostgresPool {
  return {
    connect: async () => {
      const lease = await Lease.from(pool);
      return {
        query: (async (text: string, parameters: unknown[]) => {
          if (text === 'rollback') {
            await lease.rollback();
            return { command: 'ROLLBACK', rowCount: 0, rows: [] };
          }
          const result = await lease.query(text, parameters);
          if (text === 'commit') assertCommitted(result);
          return result;
        }) as unknown as Awaited<ReturnType<PostgresPool['connect']>>['query'],
        release: () => lease.release(),
      };
    },
    end: async () => await pool.end(),
  };
}

/** Throws when PostgreSQL rolled back what it was asked to commit. */
export function assertCommitted({ command }: pg.QueryResult): void {
  if (command === 'COMMIT') return;
  throw new Error('the transaction was rolled back: one of its statements had failed, and its error was caught');
}
