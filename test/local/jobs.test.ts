import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Chart } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsCronJob, NatsJob, NatsServer, NatsWorker, Postgres } from '#constructs';
import { startLocalPlatform, type LocalEvent, type LocalPlatform } from '#local';
import { mail, orders, shop, SHOP_SERVICES } from '#test-support/shop-topology';

const IMAGE = 'registry.example/shop/pods:1.0.0';
const pod = (app: string) => ({
  command: ['node', '--import', 'tsx', 'test/local/fixtures/shop-pods.ts', app] as [string, ...string[]],
});
const settings = {
  images: {
    'orders-backfill': pod('orders-backfill'),
    'orders-report': pod('orders-report'),
    'mail-room': pod('mail-room'),
    'mail-room-broken': pod('nothing'),
  },
};

let folder: string;
let platform: LocalPlatform;
const events: LocalEvent[] = [];
const listeners = new Set<() => void>();

/** Fulfilled once an event passes. */
async function seen(test: (event: LocalEvent) => boolean): Promise<LocalEvent> {
  return await new Promise((resolve) => {
    const check = (): void => {
      const event = events.find(test);
      if (event === undefined) return;
      listeners.delete(check);
      resolve(event);
    };
    listeners.add(check);
    check();
  });
}

const logged = (text: string) => async (): Promise<LocalEvent> =>
  await seen((event) => event.event === 'log' && event.line.includes(text));
const became = async (name: RegExp, state: string): Promise<LocalEvent> =>
  await seen((event) => event.event === 'state' && name.test(event.name) && event.state === state);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'jobs-'));
  const app = new App({ outdir: folder });
  const chart = new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true });
  new NatsServer(chart, 'nats', { topology: shop });
  new Postgres(chart, 'postgres', { services: SHOP_SERVICES, database: 'shop' });
  const off = { redisUrl: false } as const;
  new NatsWorker(chart, 'mail-room', { ...mail, ...off, image: IMAGE, probes: { exec: ['/bin/alive'] } });
  new NatsJob(chart, 'backfill', { ...orders, ...off, image: IMAGE });
  new NatsCronJob(chart, 'report', { ...orders, ...off, image: IMAGE, schedule: '0 3 * * *' });
  new NatsJob(chart, 'broken', { ...mail, ...off, image: IMAGE, backoffLimit: 1 });
  app.synth();
  platform = await startLocalPlatform({
    dist: folder,
    settings,
    backoffMs: 50,
    maxGraceMs: 2_000,
    waitUntilReady: false,
    onEvent: (event) => {
      events.push(event);
      for (const listener of listeners) listener();
    },
  });
  platform.ready.catch(() => undefined);
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('local, with a worker and jobs', () => {
  it('runs a Job once, with the NATS permissions of its service, and its message reaches the worker', async () => {
    await became(/^orders-backfill-[0-9a-f]{8}-0$/, 'completed');
    await logged('worked on: from the backfill')();
    await became(/^mail-room-0$/, 'ready');
  });

  it('runs a CronJob once, with the database role of its service', async () => {
    await logged('reports: 1')();
    await became(/^orders-report-0$/, 'completed');
  });

  it('tries a Job that fails again as often as its backoffLimit says', async () => {
    const failed = await seen((event) => event.event === 'state' && (event.reason ?? '').includes('not tried again'));
    expect(failed).toMatchObject({ state: 'failed' });
    const starts = events.filter(
      (event) => event.event === 'state' && event.name.startsWith('mail-room-broken') && event.state === 'starting',
    );
    expect(starts).toHaveLength(2);
  });
});
