import type { PostgresPool } from 'kysely';
import type pg from 'pg';

/**
 * A pool whose commits are looked at: PostgreSQL answers the commit of a transaction with a failed statement by a rollback, and
 * Kysely does not look. An effect that caught the error of its own statement would be lost, and its message acknowledged.
 */
export function checkedPool(pool: pg.Pool): PostgresPool {
  return {
    connect: async () => {
      const client = await pool.connect();
      return {
        query: (async (text: string, parameters: unknown[]) => {
          const result = await client.query(text, parameters);
          if (text === 'commit' && result.command !== 'COMMIT') {
            throw new Error(
              'the transaction was rolled back: one of its statements had failed, and its error was caught',
            );
          }
          return result;
        }) as unknown as Awaited<ReturnType<PostgresPool['connect']>>['query'],
        release: () => client.release(),
      };
    },
    end: async () => await pool.end(),
  };
}
