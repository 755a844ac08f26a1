import { startRedis as start, type RedisOptions, type RunningRedis } from '#local';

/** A real Redis for a test file: call it in `beforeAll`, and its `stop` in `afterAll`. */
export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  return await start(options);
}
