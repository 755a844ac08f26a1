import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Chart } from 'cdk8s';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NatsJob, NatsServer, NatsWorker } from '#constructs';
import { startLocalPlatform, type LocalEvent, type LocalPlatform } from '#local';
import { cart, stock, topology } from './fixtures/stock-requests.ts';

const IMAGE = 'registry.example/shop/pods:1.0.0';
const pod = (app: string) => ({
  command: ['node', '--import', 'tsx', 'test/local/fixtures/request-pods.ts', app] as [string, ...string[]],
});

let folder: string;
let platform: LocalPlatform;
const lines: string[] = [];
const listeners = new Set<() => void>();

/** Fulfilled with the first line of a log that a pattern matches. */
async function logged(pattern: RegExp): Promise<string> {
  return await new Promise((resolve) => {
    const check = (): void => {
      const line = lines.find((it) => pattern.test(it));
      if (line === undefined) return;
      listeners.delete(check);
      resolve(line);
    };
    listeners.add(check);
    check();
  });
}

function heard(event: LocalEvent): void {
  if (event.event === 'log') lines.push(event.line);
  for (const listener of listeners) listener();
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'requests-'));
  const app = new App({ outdir: folder });
  const chart = new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true });
  // three servers with TLS, which are one without it here
  const tls = { tlsSecret: 'nats-tls', tlsCa: { secret: 'nats-tls', key: 'ca.crt' } } as const;
  const nats = new NatsServer(chart, 'nats', { topology, replicas: 3, routesTlsSecret: 'nats-routes', ...tls });
  expect(nats.url).toBe('tls://nats.shop.svc.cluster.local:4222');
  const { volumes } = nats;
  const off = { natsUrl: nats.url, volumes, redisUrl: false, databaseUrl: false } as const;
  const withCa = { stock: [...stock.env, ...nats.env], cart: [...cart.env, ...nats.env] };
  new NatsWorker(chart, 'stock', {
    ...stock,
    ...off,
    env: withCa.stock,
    image: IMAGE,
    probes: { exec: ['/bin/alive'] },
  });
  new NatsJob(chart, 'asker', { ...cart, ...off, env: withCa.cart, image: IMAGE });
  app.synth();
  platform = await startLocalPlatform({
    dist: folder,
    settings: { images: { stock: pod('stock'), 'cart-asker': pod('cart') } },
    backoffMs: 50,
    maxGraceMs: 2_000,
    waitUntilReady: false,
    onEvent: heard,
  });
  platform.ready.catch(() => undefined);
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a request is answered across accounts, with nothing but the declared permissions', async () => {
  expect(await logged(/answered|refused/)).toContain('answered: 7 apples in bern');
});
