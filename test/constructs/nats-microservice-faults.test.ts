import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { NatsMicroservice } from '#constructs';
import type { NatsMicroserviceProps } from '#constructs';
import { DeclarationError, Env, secretKeys } from '#declare';
import { readPage } from '#test-support/guide-page';
import { faultsOf } from '#test-support/store-chart';

const IMAGE = 'registry.example/shop/orders:1.4.2';
const secrets = secretKeys('shop-secrets');
const limits = { cpu: '1', memory: '1Gi' };

function build(props: Partial<NatsMicroserviceProps>): NatsMicroservice {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  return new NatsMicroservice(chart, 'orders', { image: IMAGE, ...props });
}

/** What JavaScript callers can pass and the types refuse. */
const untyped = (props: Record<string, unknown>): Partial<NatsMicroserviceProps> => props;
const volume = { name: 'data', mountPath: '/data', newClaim: { size: '1Gi' } };

describe('a faulty NatsMicroservice', () => {
  it.each<[string, Partial<NatsMicroserviceProps>, ...string[]]>([
    ['another port', { port: 9000 }, 'port shop/orders: port is 9000', '8000', 'omit port'],
    [
      'a missing limit',
      untyped({ resources: { limits: { cpu: '1' } } }),
      'limit-missing shop/orders: resources.limits.memory is missing',
      'set a quantity such as 512Mi',
    ],
    [
      'a limit that is no quantity',
      { resources: { limits: { ...limits, cpu: 'much' } } },
      'resources.limits.cpu is "much"',
    ],
    [
      'a request above its limit',
      { resources: { limits, requests: { cpu: '100m', memory: '2Gi' } } },
      'request-above-limit shop/orders: resources.requests.memory is 2Gi, which exceeds the limit 1Gi',
    ],
    [
      'an image without a tag',
      { image: 'registry.example:5000/orders' },
      'image shop/orders: image is registry.example:5000/orders',
    ],
    ['an image that moves', { image: 'orders:latest' }, 'latest is a moving tag', 'exact version tag or a digest'],
    ['a broken digest', { image: 'orders@sha256:12' }, '64 hexadecimal digits'],
    ['root', { uid: 0 }, 'uid shop/orders: uid is 0', 'numeric user of the image'],
    ['a name that is no DNS label', { name: 'Orders_1' }, 'name shop/orders: name is "Orders_1"'],
    ['a name that is too long', { name: 'o'.repeat(64) }, 'at most 63'],
    ['a route that is no prefix', { route: 'api/orders/' }, 'route shop/orders: route is "api/orders/"'],
    ['half a replica', { replicas: 1.5 }, 'replicas shop/orders: replicas is 1.5'],
    [
      'replicas beside an autoscaler',
      { replicas: 2, autoscaling: { maxReplicas: 3 } },
      'replicas-with-autoscaling shop/orders: replicas is 2 together with autoscaling',
      'omit replicas',
    ],
    [
      'an autoscaler upside down',
      { autoscaling: { minReplicas: 3, maxReplicas: 2 } },
      'minReplicas is 3 and maxReplicas is 2',
    ],
    [
      'an autoscaler without aim',
      { autoscaling: { maxReplicas: 2, cpuPercent: 0 } },
      'the autoscaling target is 0 percent',
    ],
    [
      'replicas that share a disk of one node',
      { replicas: 2, volumes: [volume] },
      'exclusive-volume shop/orders: up to 2 replicas share volume data, which is ReadWriteOnce',
    ],
    [
      'an autoscaler over a disk of one node',
      { autoscaling: { maxReplicas: 2 }, volumes: [volume] },
      'exclusive-volume',
    ],
    ['a volume twice', { volumes: [volume, { ...volume, mountPath: '/other' }] }, 'two volumes are named data'],
    [
      'two volumes at one path',
      { volumes: [{ name: 'x', mountPath: '/tmp', sizeLimit: '1Gi' }] },
      'two volumes are mounted at /tmp',
    ],
    ['a relative mount', { volumes: [{ ...volume, mountPath: 'data' }] }, 'volume data is mounted at "data"'],
    [
      'a volume without size',
      { volumes: [{ ...volume, newClaim: { size: '' } }] },
      'size is "", must be a quantity above 0',
    ],
    ['a /tmp without size', { tmpSize: '0' }, 'size is "0"'],
    [
      'a grace shorter than the drain',
      { env: [Env.value('SHUTDOWN_GRACE_MS', 25_000)], terminationGracePeriodSeconds: 30 },
      'shutdown-grace shop/orders: terminationGracePeriodSeconds is 30, must be at least 35',
    ],
    ['a drain that is no number', { env: [Env.value('SHUTDOWN_GRACE_MS', 'long')] }, 'SHUTDOWN_GRACE_MS is "long"'],
    ['a pause that is no number', { preStopSeconds: -1 }, 'preStopSeconds is -1'],
    [
      'a deadline shorter than the start',
      { env: [Env.value('START_DEADLINE_S', 300)] },
      'progress-deadline shop/orders: progressDeadlineSeconds is 240, must exceed startSeconds (330)',
    ],
    ['no time to start', { startSeconds: 0 }, 'startSeconds is 0'],
    [
      'two containers of one name',
      { extraContainers: [{ name: 'orders', image: IMAGE }] },
      'two containers are named orders',
    ],
    [
      'a container without a limit',
      untyped({ initContainers: [{ name: 'first', image: IMAGE, resources: { limits: { memory: '1Gi' } } }] }),
      'limit-missing shop/orders first: resources.limits.cpu is missing',
    ],
    [
      'a container whose image moves',
      { extraContainers: [{ name: 'side', image: 'side' }] },
      'image shop/orders side: image is side',
    ],
    [
      'a container that mounts what is not there',
      { extraContainers: [{ name: 'side', image: IMAGE, mounts: [{ volume: 'data', mountPath: '/data' }] }] },
      'volume shop/orders side: mounts volume data',
    ],
    [
      "a container on the service's port",
      { extraContainers: [{ name: 'side', image: IMAGE, ports: [{ name: 'x', port: 8000 }] }] },
      'has the name or number of port http (8000)',
    ],
    [
      'a host outside that no egress names',
      { env: [Env.value('REPORTS_URL', 'postgresql://reports.example:5433/r')] },
      'egress-undeclared shop/orders env REPORTS_URL: host is reports.example',
      "egress: [{ host: 'reports.example', port: 5433",
    ],
    [
      'a literal credential',
      { env: [Env.value('DB_PASSWORD', 'Zk3vQ9x2')] },
      'shop/orders env DB_PASSWORD',
      'credential',
    ],
    [
      'a URL with a literal password',
      { env: [Env.value('X_URL', 'redis://me:Zk3vQ9x2@redis:6379')] },
      'shop/orders env X_URL',
    ],
    ['a name twice', { env: [Env.value('A', 'x'), Env.value('A', 'y')] }, 'shop/orders env A'],
    [
      'an unknown name',
      { env: [Env.value('DB_HOST', 'postgres'), Env.value('A', '$(DB_HOTS)')] },
      '$(DB_HOTS)',
      'DB_HOST',
    ],
    ['a cycle', { env: [Env.value('A', '$(B)'), Env.value('B', '$(A)')] }, 'A → B → A'],
    ['a port as variable', { env: [Env.value('PORT', 8000)] }, 'shop/orders env PORT'],
    ['a value that nobody gives', { env: [Env.given('PUBLIC_ORIGIN')] }, 'shop/orders env PUBLIC_ORIGIN'],
    ['a value given for nothing', { env: [Env.given('A')], given: { A: 'x', B: 'y' } }, 'given contains B'],
    [
      'a faulty variable of a further container',
      { extraContainers: [{ name: 'side', image: IMAGE, env: [Env.value('A', '$(NOWHERE)')] }] },
      'shop/orders side env A',
    ],
    [
      'a patch that puts a variable before what it names',
      {
        patch: [
          { op: 'add', path: '/spec/template/spec/containers/0/env/0', value: { name: 'A', value: '$(NATS_URL)' } },
        ],
      },
      'shop/orders env A',
      'NATS_URL',
    ],
  ])('is refused for %s', (_, props, ...parts) => {
    const faults = faultsOf(() => build(props)).join('\n');
    for (const part of parts) expect(faults).toContain(part);
  });

  it('says everything that is wrong at once', () => {
    const faults = faultsOf(() =>
      build({
        image: 'orders',
        port: 80,
        env: [Env.value('A', '$(B)'), Env.value('TOKEN', 'Zk3vQ9x2Lm8'), Env.secret('OK', secrets.key('ok'))],
        replicas: 2,
        volumes: [volume],
      }),
    );
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'port',
      'image',
      'exclusive-volume',
      'env-unknown',
      'env-credential',
    ]);
  });

  it('throws a DeclarationError, one line a fault', () => {
    expect(() => build({ port: 80, uid: 0 })).toThrow(DeclarationError);
    expect(() => build({ port: 80, uid: 0 })).toThrow(
      /^shop\/orders: port is 80.*\[port\]\nshop\/orders: uid is 0.*\[uid\]$/,
    );
  });

  it('says what the guide page says', () => {
    const said = /```text\n([\s\S]*?)```/.exec(readPage('docs/constructs/nats-microservice.md'))?.[1];
    expect(() => build({ port: 9000, image: 'orders:latest' })).toThrow(said?.trim() ?? 'the page quotes no fault');
  });
});
