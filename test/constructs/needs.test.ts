import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiObject, Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { addManifestChecks, ApiGateway, Deployer, manifestFaults, NatsMicroservice, NatsServer } from '#constructs';
import type { NatsMicroserviceProps } from '#constructs';
import { consume, declareService, defineMessage, defineStream, defineTopology, Env, secretKeys } from '#declare';
import { look } from '#test-support/rendered';
import { orders } from '#test-support/orders-service';
import { z } from 'zod';

const PAGE = path.resolve(import.meta.dirname, '../../docs/needs.md');
const MOST_NOT_EASY = 5;
const IMAGE = 'registry.example/shop/orders:1.4.2';
const secrets = secretKeys('shop-secrets');
const off = { natsUrl: false, redisUrl: false, databaseUrl: false } as const;

/** A chart in the namespace `shop`, built and synthesized with its validations. */
function chartOf(build: (chart: Chart) => void): readonly unknown[] {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop', disableResourceNameHashes: true });
  build(chart);
  return Testing.synth(chart) as unknown[];
}

describe('docs/needs.md', () => {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| need') && !line.startsWith('| ---'))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('answers forty needs, of which at most five are not easy', () => {
    expect(rows).toHaveLength(40);
    expect(rows.filter(([, , answer]) => answer !== 'easy').length).toBeLessThanOrEqual(MOST_NOT_EASY);
  });

  it.each(rows.map(([, need = '', answer, how = '', test = '']) => ({ need, answer, how, test })))(
    '$need: $answer',
    ({ answer, how, test }) => {
      expect(how).not.toBe('');
      const [, file] = /\]\((.+)\)$/.exec(test) ?? [];
      if (answer === 'easy') expect(existsSync(path.resolve(path.dirname(PAGE), file ?? ''))).toBe(true);
    },
  );
});

describe('easy', () => {
  it('credentials as a file', () => {
    const volumes = [{ name: 'creds', mountPath: '/etc/nats', secret: 'synadia', keys: ['orders.creds'] }];
    const { pod } = orders({ volumes });
    expect(pod.at('volumes', 1, 'secret', 'items').value).toEqual([{ key: 'orders.creds', path: 'orders.creds' }]);
  });

  it('a topology of declarations from several packages, with the pods of the other repository let in', () => {
    const login = (name: string) => [Env.secret('NATS_PASSWORD', secrets.key(`${name}-nats`))];
    // what another package exports
    const placed = defineMessage({ subject: 'events.order.placed', payload: z.string() });
    const theirs = declareService({
      name: 'orders',
      env: login('orders'),
      publishes: [placed],
      jetstream: { provisions: true },
    });
    const ours = declareService({ name: 'mail', env: login('mail'), consumes: [consume(placed)] });
    const streams = [defineStream({ name: 'EVENTS', subjects: ['events.>'], maxBytes: 1024 ** 3 })];
    const callers = [{ podLabels: { app: 'orders' }, namespaceLabels: { 'kubernetes.io/metadata.name': 'orders' } }];
    const manifests = chartOf((chart) => {
      addManifestChecks(chart);
      new NatsServer(chart, 'nats', { topology: defineTopology({ streams, services: [theirs, ours] }), callers });
      new NatsMicroservice(chart, 'mail', { ...ours, redisUrl: false, databaseUrl: false, image: IMAGE });
    });
    const from = look(manifests).object('NetworkPolicy/nats').along(['spec', 'ingress', 0, 'from']).items;
    expect(from.at(-1)?.value).toEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'orders' } },
      podSelector: { matchLabels: { app: 'orders' } },
    });
  });

  it('an API outside, which a check finds blocked until egress names it', () => {
    const faults = (egress: NonNullable<NatsMicroserviceProps['egress']>): readonly string[] => {
      const env = [Env.value('S3_URL', 'https://bucket.s3.eu-central-1.amazonaws.com')];
      const manifests = chartOf((chart) => {
        new NatsMicroservice(chart, 'orders', { ...off, env, egress, image: IMAGE });
      });
      return manifestFaults(manifests.map((manifest) => ({ path: '', manifest }))).map(({ rule }) => rule);
    };
    expect(faults([])).toEqual(['network-policy-outside']);
    expect(faults([{ port: 443, cidrs: ['0.0.0.0/0'] }])).toEqual([]);
  });

  it('a flag that an environment may set, with a fallback', () => {
    const flag = Env.given('NEW_CHECKOUT', { fallback: 'off' });
    const value = (given: Record<string, string>): unknown =>
      orders({ ...off, env: [flag], given }).container.at('env', 0, 'value').value;
    expect([value({}), value({ NEW_CHECKOUT: 'on' })]).toEqual(['off', 'on']);
  });

  it('an existing ServiceAccount, which the checks are told of', () => {
    const build = (existing: readonly string[]) => () =>
      chartOf((chart) => {
        addManifestChecks(chart, { existing });
        new NatsMicroservice(chart, 'orders', { ...off, image: IMAGE, existingServiceAccount: 'shared' });
      });
    expect(build(['shared'])).not.toThrow();
    expect(build([])).toThrow(/service-account-missing/);
  });

  it('two hosts, each with a certificate of cert-manager', () => {
    const shop = declareService({ name: 'shop', env: [], route: '/api/shop' });
    const manifests = chartOf((chart) => {
      for (const host of ['shop.example', 'shop.test']) {
        new ApiGateway(chart, host.replace('.', '-'), {
          ...{ className: 'traefik', host, routes: [shop], tlsSecret: `${host}-tls` },
          annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' },
        });
      }
    });
    for (const name of ['shop-example', 'shop-test']) {
      const { at } = { at: look(manifests).object(`Ingress/${name}`) };
      expect(at.along(['metadata', 'annotations', 'cert-manager.io/cluster-issuer']).text).toBe('letsencrypt');
      expect(at.along(['spec', 'tls', 0, 'hosts']).value).toEqual([name.replace('-', '.')]);
    }
  });

  it('a ServiceMonitor, with its scraper let in and its kind in the rights of the deployer', () => {
    const app = Testing.app();
    const chart = new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true });
    const bootstrap = new Chart(app, 'bootstrap', { namespace: 'shop' });
    const deployer = new Deployer(bootstrap, 'deployer', { tool: 'kubectl-server-side', deploys: [chart] });
    const scraper = { podLabels: { app: 'prometheus' }, namespaceLabels: { team: 'observability' } };
    new NatsMicroservice(chart, 'orders', { ...off, image: IMAGE, scraper });
    new ApiObject(chart, 'monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: 'orders' },
    });
    const { object } = look(Testing.synth(chart) as unknown[]);
    expect(object('NetworkPolicy/orders').along(['spec', 'ingress', 0, 'from']).items).toHaveLength(1);
    const groups = deployer.rights().flatMap(({ apiGroups, resources }) => [...apiGroups, ...resources]);
    expect(groups).toEqual(expect.arrayContaining(['monitoring.coreos.com', 'servicemonitors']));
  });
});
