/** A PostgreSQL with the runtime's tables in the schema `public`, for tests of what works on them. */
import type { RunningPostgres } from '#local';
import { openDatabase } from '#runtime/database/database';
import { migrate } from '#runtime/database/migrations';
import { createLogger, type OpenDatabase } from '#runtime';
import { startPostgres } from './postgres.ts';

/** The server and a pool on its database. */
export interface RuntimeDatabase {
  readonly server: RunningPostgres;
  readonly pod: OpenDatabase;
  stop(): Promise<void>;
}

/** Starts the server and migrates the schema. */
export async function startRuntimeDatabase(): Promise<RuntimeDatabase> {
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  const server = await startPostgres({ database: 'video' });
  const pod = await openDatabase({ url: server.url, schema: 'public', poolMax: 4, deadlineMs: 10_000, log });
  await migrate(pod.db, 'public', undefined);
  return {
    server,
    pod,
    async stop() {
      await pod.close();
      await server.stop();
    },
  };
}
