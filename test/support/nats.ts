import { startNats as start, type NatsOptions, type RunningNats } from '#local';

/** A real nats-server for a test file, with the users and permissions of `config` where one is given. */
export async function startNats(config?: string, options: Omit<NatsOptions, 'config'> = {}): Promise<RunningNats> {
  return await start({ ...options, ...(config === undefined ? {} : { config }) });
}
