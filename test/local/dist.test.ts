import { connect } from 'nats';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICE_NAMES } from '#contracts';
import { startLocalPlatform, type LocalPlatform } from '#local';

/** The synthesized manifests, with a service that only tells its variables in the place of each. */
const settings = {
  images: { '*': { command: ['node', 'test/local/fixtures/echo-service.mjs', '{image}'] } },
} as const;

let platform: LocalPlatform;
const notices: string[] = [];

beforeAll(async () => {
  platform = await startLocalPlatform({
    dist: 'dist',
    settings,
    maxGraceMs: 3_000,
    onEvent: (event) => {
      if (event.event === 'notice') notices.push(event.text);
    },
  });
});
afterAll(async () => await platform.stop());

async function envOf(service: string): Promise<Record<string, string>> {
  return (await (await fetch(`${platform.url}/api/${service}/env`)).json()) as Record<string, string>;
}

describe.each(SERVICE_NAMES)('%s, run from dist', (service) => {
  it('is reached by its route, with its own variables', async () => {
    expect(await envOf(service)).toMatchObject({
      SERVICE_NAME: service,
      POD_NAME: `${service}-0`,
      PUBLIC_ORIGIN: platform.url,
      NATS_CLIENT_NAME: `${service}.video-service.${service}-0`,
    });
  });

  it('logs in to PostgreSQL as the owner of its schema', async () => {
    const { DATABASE_URL = '', DB_SCHEMA = '' } = await envOf(service);
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    const proof = `"${DB_SCHEMA}".proof`;
    await client.query(`create table ${proof} (x int); drop table ${proof}`).finally(async () => await client.end());
  });

  it('logs in to Redis and NATS', async () => {
    const env = await envOf(service);
    const redis = new Redis(env.REDIS_URL ?? '', {
      username: service,
      password: env.REDIS_PASSWORD ?? '',
      lazyConnect: true,
    });
    await redis.connect();
    await redis.set(`${env.REDIS_PREFIX ?? ''}proof`, '1');
    redis.disconnect();
    const nats = await connect({ servers: env.NATS_URL ?? '', user: service, pass: env.NATS_PASSWORD ?? '' });
    await nats.close();
  });
});

it('leaves no reference of any container unexpanded; only the backup does not run, which has no command here', () => {
  expect(notices).toEqual(['postgres-backup is skipped: the settings have no command for the image postgres']);
});
