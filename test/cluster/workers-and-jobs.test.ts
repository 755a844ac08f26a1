/** A worker, a Job, a CronJob and a request/reply pair of the library, in a namespace with PodSecurity `restricted`. */
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  addManifestChecks,
  NatsCronJob,
  NatsJob,
  NatsMicroservice,
  NatsServer,
  NatsWorker,
  PlatformNamespace,
  Postgres,
  RequiredSecrets,
} from '#constructs';
import { defineTopology } from '#declare';
import { makeRequiredSecrets } from '#test-support/cluster/deployer-account';
import { kubectl, kubectlOutput } from '#test-support/cluster/kubectl';
import { mail, orders, SHOP_STREAM } from '#test-support/shop-topology';
import { cart, stock } from '../local/fixtures/stock-requests.ts';

const cluster = inject('cluster');
const NAMESPACE = 'workers-and-jobs';
const topology = defineTopology({ streams: [SHOP_STREAM], services: [orders, mail, stock, cart] });

interface Listed {
  readonly items: readonly {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
  }[];
}

const first = synthesized('1.0.0');

beforeAll(async () => {
  await kubectlOutput(cluster, ['apply', '-f', join(first, '00-namespace.yaml')]);
  await makeRequiredSecrets(cluster, first, NAMESPACE);
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

describe('a worker, a Job, a CronJob and a request/reply pair', () => {
  it('are accepted whole, without a warning', async () => {
    expect(await apply(first)).toEqual({ code: 0, stdout: expect.any(String) as string, stderr: '' });
  });

  it.each(['deployment/mail-room', 'deployment/stock', 'deployment/cart', 'statefulset/nats', 'statefulset/postgres'])(
    '%s rolls out',
    async (name) => {
      expect(await inNamespace('rollout', 'status', name, '--timeout=60s')).toMatch(/successfully|complete/);
    },
  );

  it('run the Job to completion', async () => {
    await inNamespace('wait', '--for=condition=complete', 'job', '--selector=app=orders-backfill', '--timeout=60s');
    expect(await jobs()).toHaveLength(1);
  });

  it('run the CronJob to completion', async () => {
    await inNamespace('create', 'job', 'report-now', '--from=cronjob/orders-report');
    await inNamespace('wait', '--for=condition=complete', 'job/report-now', '--timeout=60s');
  });

  it('are unchanged when they are applied again: no Job runs twice', async () => {
    const before = await versions(first);
    expect((await apply(first)).code).toBe(0);
    expect(await versions(first)).toEqual(before);
  });

  it('take a new version: a changed Job runs beside the one that cannot be changed', async () => {
    const [old] = await jobs();
    expect(await apply(synthesized('1.0.1'))).toMatchObject({ code: 0, stderr: '' });
    const both = await jobs();
    expect(both).toHaveLength(2);
    expect(both).toContain(old);
    await inNamespace('wait', '--for=condition=complete', 'job', '--selector=app=orders-backfill', '--timeout=60s');
  });
});

/** The folder of the manifests, with images of a version. */
function synthesized(version: string): string {
  const outdir = join(cluster.folder, `${NAMESPACE}-${version}`);
  const image = `registry.example/shop/pods:${version}`;
  const app = new App({ outdir, outputFileExtension: '.yaml' });
  addManifestChecks(app);
  const chart = (id: string) => new Chart(app, id, { namespace: NAMESPACE, disableResourceNameHashes: true });
  new PlatformNamespace(chart('00-namespace'), NAMESPACE);
  new RequiredSecrets(chart('00-required-secrets'), 'required-secrets');
  new NatsServer(chart('10-nats'), 'nats', { topology });
  new Postgres(chart('11-postgres'), 'postgres', { services: topology.services, database: 'shop' });

  const pods = chart('20-pods');
  const withDatabase = { image, redisUrl: false } as const;
  new NatsWorker(pods, 'mail-room', { ...mail, ...withDatabase });
  new NatsJob(pods, 'backfill', { ...orders, ...withDatabase });
  new NatsCronJob(pods, 'report', { ...orders, ...withDatabase, schedule: '0 3 * * *' });
  const withNats = { image, redisUrl: false, databaseUrl: false } as const;
  new NatsWorker(pods, 'stock', { ...stock, ...withNats, probes: { exec: ['/bin/alive'] } });
  new NatsMicroservice(pods, 'cart', { ...cart, ...withNats });
  app.synth();
  return outdir;
}

async function apply(folder: string) {
  return await kubectl(cluster, ['apply', '--server-side', '--validate=strict', '-f', folder]);
}

async function inNamespace(...args: readonly string[]): Promise<string> {
  return await kubectlOutput(cluster, [...args, '--namespace', NAMESPACE]);
}

async function jobs(): Promise<readonly string[]> {
  const names = await inNamespace('get', 'jobs', '--selector=app=orders-backfill', '-o', 'name');
  return names.trim().split('\n');
}

/** Versions of all objects, which count up with each write. */
async function versions(folder: string): Promise<readonly string[]> {
  const { items } = JSON.parse(await kubectlOutput(cluster, ['get', '-f', folder, '-o', 'json'])) as Listed;
  return items.map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.resourceVersion}`);
}
