import { startPostgres as start, type PostgresOptions, type RunningPostgres } from '#local';

/** A real PostgreSQL for a test file: call it in `beforeAll`, and its `stop` in `afterAll`. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  return await start(options);
}
