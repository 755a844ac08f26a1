import { describe, expect, it } from 'vitest';
import type { StoreEndpoint } from '#constructs';
import { Env, secretKeys } from '#declare';
import { orders } from '#test-support/orders-service';

const secrets = secretKeys('shop-secrets');

describe('the network policy of a NatsMicroservice', () => {
  const dns = {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
    ],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
  const to = (app: string, port: number) => ({
    to: [{ podSelector: { matchLabels: { app } } }],
    ports: [{ protocol: 'TCP', port }],
  });
  const off = { natsUrl: false, redisUrl: false, databaseUrl: false } as const;

  it('lets DNS and the stores that env names out, and nothing in', () => {
    const { policy } = orders();
    expect(policy.at('podSelector').value).toEqual({ matchLabels: { app: 'orders' } });
    expect(policy.at('policyTypes').value).toEqual(['Ingress', 'Egress']);
    expect(policy.at('ingress').exists).toBe(false);
    expect(policy.at('egress').value).toEqual([dns, to('nats', 4222), to('redis', 6379), to('postgres', 5432)]);
  });

  it('lets DNS alone out when env names no host', () => {
    expect(orders(off).policy.at('egress').value).toEqual([dns]);
  });

  it('lets the edge in when there is a route, and whoever is named', () => {
    const { policy } = orders({ route: '/api/orders', scraper: { podLabels: { app: 'prometheus' } } });
    expect(policy.at('ingress').value).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
          },
          { podSelector: { matchLabels: { app: 'prometheus' } } },
        ],
        ports: [{ protocol: 'TCP', port: 8000 }],
      },
    ]);
    const gateway = { podLabels: { app: 'edge' }, namespaceLabels: { name: 'edge' } };
    expect(orders({ route: '/api/orders', gateway }).policy.at('ingress', 0, 'from').value).toEqual([
      { namespaceSelector: { matchLabels: { name: 'edge' } }, podSelector: { matchLabels: { app: 'edge' } } },
    ]);
  });

  it('names namespace and pods in one peer for a Service of another namespace', () => {
    const { policy } = orders({ ...off, env: [Env.value('TOOL_URL', 'http://tool.tools.svc:8000')] });
    expect(policy.at('egress', 1, 'to').value).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'tools' } },
        podSelector: { matchLabels: { app: 'tool' } },
      },
    ]);
  });

  it('lets hosts outside out as far as they are named', () => {
    const { policy } = orders({
      ...off,
      databaseUrl: secrets.key('url'),
      env: [
        Env.value('REPORTS_URL', 'postgresql://reports.example:5433/r'),
        Env.value('PUBLIC_ORIGIN', 'https://a.example'),
      ],
      egress: [
        { host: 'reports.example', port: 5433, cidrs: ['10.20.0.0/16'] },
        { port: 5432, cidrs: ['10.30.0.7/32'] },
        { port: 587 },
      ],
    });
    expect(policy.at('egress').value).toEqual([
      dns,
      { to: [{ ipBlock: { cidr: '10.20.0.0/16' } }], ports: [{ protocol: 'TCP', port: 5433 }] },
      { to: [{ ipBlock: { cidr: '10.30.0.7/32' } }], ports: [{ protocol: 'TCP', port: 5432 }] },
      { ports: [{ protocol: 'TCP', port: 587 }] },
    ]);
  });

  it("takes a store's endpoint as it is, where it runs elsewhere and where it runs here", () => {
    const outside: StoreEndpoint = { host: 'db.example', port: 5432, app: undefined, cidrs: ['10.0.0.0/24'] };
    const inside: StoreEndpoint = { host: 'cache', port: 6379, app: 'cache', cidrs: [] };
    const env = [Env.value('DB_HOST', 'db.example'), Env.value('DB_PORT', 5432)];
    const { policy } = orders({ ...off, env, egress: [outside, inside] });
    expect(policy.at('egress', 1, 'to').value).toEqual([{ ipBlock: { cidr: '10.0.0.0/24' } }]);
    expect(policy.at('egress', 2).value).toEqual(to('cache', 6379));
  });

  it('lets further containers reach what their own env names', () => {
    const extraContainers = [{ name: 'side', image: 'a/b:1', env: [Env.value('CACHE_URL', 'redis://cache:6379')] }];
    expect(orders({ ...off, extraContainers }).policy.at('egress', 1).value).toEqual(to('cache', 6379));
  });
});
