/** What JavaScript callers can put inside the props of constructs: each slip is told with its path, and all of them at once. */
import { App, Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import * as constructs from '#constructs';
import { declareService, DeclarationError, defineTopology, Env, secretKeys } from '#declare';
import { faultsOf } from '#test-support/store-chart';

const IMAGE = 'registry.example/shop/orders:1.4.2';
const orders = declareService({
  name: 'orders',
  env: [Env.secret('DB_PASS', secretKeys('shop').key('db')), Env.secret('REDIS_PASSWORD', secretKeys('shop').key('r'))],
});
type AnyConstruct = new (scope: Chart, id: string, props?: unknown) => unknown;
type Kind = {
  [K in keyof typeof constructs]: (typeof constructs)[K] extends abstract new (...args: never) => unknown ? K : never;
}[keyof typeof constructs];

function make(kind: Kind, props: unknown): unknown {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const construct = constructs[kind] as unknown as AnyConstruct;
  return new construct(chart, 'orders', props);
}

const BASE: Partial<Record<Kind, object>> = {
  NatsMicroservice: { image: IMAGE },
  NatsWorker: { image: IMAGE },
  NatsJob: { image: IMAGE },
  NatsCronJob: { image: IMAGE, schedule: '0 3 * * *' },
  WebFrontend: { image: IMAGE },
  ApiGateway: { className: 'traefik', routes: [{ prefix: '/api', service: 'orders' }] },
  Redis: { services: [] },
  Postgres: { services: [], database: 'shop' },
  NatsServer: { topology: defineTopology({ streams: [], services: [] }) },
  PostgresBackupJob: {
    ...{ server: 'postgres', database: 'shop', image: 'postgres:17.6-alpine', imagePullSecrets: [], uid: 70 },
    ...{ password: { name: 'shop', key: 'backup' }, schedule: '0 3 * * *', keep: 7, storage: '5Gi' },
  },
  Deployer: { tool: 'helm' },
};

describe('a slip inside a prop of', () => {
  it.each<[Kind, object, ...string[]]>([
    [
      'NatsMicroservice',
      { pod: { nodeSelektor: {}, tolerations: [{ operator: 'Exist', tolerationSecond: 5 }], priorityClassName: '' } },
      'prop-unknown shop/orders: pod has no prop nodeSelektor: did you mean nodeSelector',
      'pod.tolerations[0] has no prop tolerationSecond: did you mean tolerationSeconds',
      'pod.tolerations[0].operator is "Exist", must be Equal or Exists: did you mean Exists',
      'pod.priorityClassName is "", must be a string that is not empty',
    ],
    [
      'NatsMicroservice',
      { pod: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0 }] } } } },
      'Execution[0].weight is 0, must be a whole number from 1 to 100',
      'Execution[0].preference is missing',
    ],
    [
      'NatsMicroservice',
      { pod: { topologySpread: { topologyKey: 'zone' }, tolerations: [null], labels: { tier: 1 } } },
      'pod.topologySpread is an object, must be a list of objects: write [{ … }]',
      'pod.tolerations[0] is null, must be an object',
      'pod.labels.tier is 1, must be a string',
    ],
    [
      'NatsMicroservice',
      { pod: { lifecycle: { preStop: { exec: '/bin/drain' }, postStart: { command: ['x'] } } } },
      'pod.lifecycle.preStop.exec is "/bin/drain", must be a list of strings',
      'pod.lifecycle.postStart has no prop command: remove it, or use exec, httpGet',
    ],
    [
      'NatsMicroservice',
      { probes: { readines: {}, liveness: { periodSecond: 3, timeoutSeconds: -1, path: 5 }, startup: 'x' } },
      'probes has no prop readines: did you mean readiness',
      'probes.liveness has no prop periodSecond: did you mean periodSeconds',
      'probes.liveness.timeoutSeconds is -1, must be a whole number of at least 1',
      'probes.liveness.path is 5, must be a string',
      'probes.startup is "x", must be an object',
    ],
    [
      'NatsMicroservice',
      { autoscaling: { min: 2, maxReplicas: '9', cpuPercent: Number.NaN, behavior: { scaleDwn: {} } } },
      'autoscaling has no prop min',
      'autoscaling.maxReplicas is "9", must be a whole number of at least 0: write a number without quotes',
      'autoscaling.cpuPercent is NaN',
      'autoscaling.behavior has no prop scaleDwn: did you mean scaleDown',
    ],
    [
      'NatsMicroservice',
      { autoscaling: { maxReplicas: 3, metrics: [{ external: 'lag', target: { averageVal: '5' } }, {}] } },
      'autoscaling.metrics[0].target has no prop averageVal: did you mean averageValue',
      'autoscaling.metrics[1] has none of external, pods, object, must have one',
    ],
    [
      'NatsMicroservice',
      { replicas: 3, disruptionBudget: { maxUnavailabl: 1, minAvailable: [1] } },
      'disruptionBudget has no prop maxUnavailabl: did you mean maxUnavailable',
      'disruptionBudget.minAvailable is a list, must be a number or a string',
    ],
    [
      'NatsMicroservice',
      {
        callers: [{ namespaceLabels: { team: 'x' } }, { podLabels: 'app=x' }, { cidrs: '10.0.0.0/8' }],
        scraper: { podLabel: { app: 'prometheus' } },
        ingress: [{ port: '4143', from: [{}] }],
        gateway: { podLabels: { app: 'x' }, cidrs: ['10.0.0.0/8'] },
      },
      'callers[0] has none of podLabels, cidrs, must have one',
      'callers[1].podLabels is "app=x", must be an object of strings',
      'callers[2].cidrs is "10.0.0.0/8", must be a list of strings',
      'scraper has no prop podLabel: did you mean podLabels',
      'ingress[0].port is "4143"',
      'ingress[0].from[0] has none of podLabels, cidrs',
      'gateway has both podLabels and cidrs',
    ],
    [
      'NatsMicroservice',
      { egress: [{ ports: 443, cidr: ['10.0.0.0/8'] }], ports: [{ name: 'metrics', port: Number.NaN, caller: [] }] },
      'egress[0] has no prop ports: did you mean port',
      'egress[0] has no prop cidr: did you mean cidrs',
      'egress[0].port is missing',
      'ports[0].port is NaN',
      'ports[0] has no prop caller: did you mean callers',
    ],
    [
      'NatsMicroservice',
      {
        volumes: [
          { name: 'a', mountPath: '/a', newclaim: { size: '1Gi' } },
          { name: 'b', mountPath: '/b', newClaim: { size: 5, accessMode: 'ReadWriteMore' } },
          { name: 'c', mountPath: '/c', secret: 'x', configMap: 'y' },
          { name: 'd', mountPath: '/d', secret: {} },
          { name: 'e', mountPath: '/e', projected: [{ serviceAccountToken: { path: 'token' } }] },
        ],
      },
      'volumes[0] has no prop newclaim: did you mean newClaim',
      'volumes[1].newClaim.size is 5, must be a string',
      'accessMode is "ReadWriteMore", must be ReadWriteOnce, ReadWriteOncePod, ReadOnlyMany or ReadWriteMany',
      'volumes[2] has both configMap and secret',
      'volumes[3].secret is an object, must be a name or an object with a name',
      'volumes[4].projected[0].serviceAccountToken.audience is missing',
    ],
    [
      'NatsMicroservice',
      {
        extraContainers: [{ name: 'side', image: IMAGE, port: [], mounts: [{ mountPath: '/x' }] }, { image: 5 }],
        initContainers: [{ name: 'first', image: IMAGE, restartPolicy: 'OnFailure' }],
        resources: { limit: { cpu: '1' }, requests: { cpu: 1 } },
        natsUrl: true,
        databaseUrl: { name: 'shop' },
        existingServiceAccount: { id: 'x' },
        patch: [{ op: 'set', path: '/spec' }],
      },
      'extraContainers[0] has no prop port: did you mean ports',
      'extraContainers[0].mounts[0].volume is missing',
      'extraContainers[1].name is missing',
      'extraContainers[1].image is 5',
      'initContainers[0].restartPolicy is "OnFailure", must be Always',
      'resources has no prop limit: did you mean limits',
      'resources.requests.cpu is 1, must be a string',
      'natsUrl is true, must be a string or an object or false',
      'databaseUrl.key is missing',
      'existingServiceAccount is an object, must be a name or an object with a name',
      'patch[0].op is "set", must be add, replace or remove',
    ],
    [
      'NatsMicroservice',
      {
        jetstream: { provision: true },
        redisKeys: { write: ['a:*'] },
        envFrom: [{ kind: 'secret', name: 'a', key: [] }],
      },
      'jetstream has no prop provision: did you mean provisions',
      'redisKeys.writes is missing',
      'envFrom[0] has no prop key: did you mean keys',
    ],
    ['NatsWorker', { probes: { exec: 'true' } }, 'probes.exec is "true", must be a list of strings'],
    ['NatsWorker', { probes: true }, 'probes is true, must be false or an object'],
    [
      'NatsJob',
      { backofLimit: 3, completions: '1' },
      'did you mean backoffLimit',
      'completions is "1", must be a number',
    ],
    ['NatsJob', { ttlSecondsAfterFinished: '1' }, 'ttlSecondsAfterFinished is "1", must be a number'],
    [
      'NatsCronJob',
      { schedule: undefined, concurrencyPolicy: 'Forbidden', suspend: 'no' },
      'schedule is missing',
      'concurrencyPolicy is "Forbidden", must be Forbid, Replace or Allow: did you mean Forbid',
      'suspend is "no", must be true or false',
    ],
    [
      'ApiGateway',
      { kind: 'gateway', controller: 'nginxx', parentGateway: { nam: 'x' }, web: { name: 'web' }, tlsSecret: {} },
      'kind is "gateway", must be ingress or gateway-api',
      'controller is "nginxx"',
      'did you mean nginx',
      'parentGateway has no prop nam: did you mean name',
      'web.port is missing',
      'tlsSecret is an object, must be a name',
    ],
    [
      'ApiGateway',
      {
        routes: [
          '/api',
          { prefix: '/a', servic: 'x' },
          { prefix: '/b', service: {}, port: 0 },
          { route: '/c' },
          { service: 'orders', port: 8000 },
        ],
      },
      'routes[0] is "/api", must be an object',
      'routes[1] has no prop servic: did you mean service',
      'routes[2].service is an object, must be a name',
      'routes[2].port is 0',
      'routes[3].name is missing',
      'routes[4].prefix is missing',
    ],
    [
      'WebFrontend',
      { uid: 0, settings: { api: {} }, resources: { limits: { cpu: '1', memory: '64Mi' } }, reachableFrom: [{}] },
      'uid is 0, must be a whole number of at least 1',
      'settings.api is an object',
      'resources.requests is missing',
      'reachableFrom[0] has none of podLabels, cidrs, ciliumEntity',
    ],
    [
      'Deployer',
      { tool: 'kubectl', subjects: [{ kind: 'Group', nam: 'ci' }], deploys: ['shop'] },
      'tool is "kubectl", must be kubectl-client-side, kubectl-server-side or helm',
      'subjects[0] has no prop nam: did you mean name',
      'deploys[0] is "shop", must be a construct',
    ],
    [
      'AdmissionPolicy',
      { action: 'refuse', otherPorts: { web: 'http' }, namespace: {} },
      'action is "refuse", must be warn or deny',
      'otherPorts.web is "http", must be a whole number from 1 to 65535',
      'namespace is an object, must be a name',
    ],
    [
      'ManifestChecks',
      { of: [{}], secrets: [{ name: '', key: [] }], declarations: ['orders'] },
      'of[0] is an object, must be a construct',
      'secrets[0].name is ""',
      'secrets[0] has no prop key: did you mean keys',
      'declarations[0] is "orders", must be a declaration of declareService: import the declaration',
    ],
    ['RequiredSecrets', { origins: { shop: { tls: 'provided' } } }, 'origins.shop.tls is "provided", must be password'],
    [
      'Redis',
      { services: ['orders', undefined, {}, { name: 'a' }], maxMemoryPolicy: 'allkeys', uid: -1, callers: [{}] },
      'services[0] is "orders", must be a declaration of declareService',
      'services[1] is undefined, must be a declaration of declareService: check its import',
      'services[2] is an object, must be a declaration of declareService: it has no name',
      'services[3] is an object, must be a declaration of declareService: it has no list env',
      'maxMemoryPolicy is "allkeys"',
      'uid is -1, must be a whole number of at least 1',
      'callers[0] has none of podLabels, cidrs',
    ],
    [
      'Redis',
      { resources: { limits: { memory: '1Gi' } }, adminPassword: 'hunter22hunter22' },
      'resources.requests is missing',
      'adminPassword is a string (not shown), must be an object',
    ],
    [
      'Postgres',
      { backup: { keep: '7', shedule: '' }, resources: 'small', instancesPerService: Number.NaN },
      'backup.password is missing',
      'backup.keep is "7", must be a number',
      'backup has no prop shedule: did you mean schedule',
      'resources is "small", must be an object',
      'instancesPerService is NaN',
    ],
    [
      'NatsServer',
      { topology: { streams: [{ name: 'A' }], services: [{}] }, scraper: [{ podLabels: 5 }], systemPassword: {} },
      'topology.streams[0].subjects is missing',
      'topology.services[0] is an object, must be a declaration',
      'scraper[0].podLabels is 5',
      'systemPassword.name is missing',
    ],
    [
      'PostgresBackupJob',
      { keep: 0, password: { name: 'a' }, schedule: '', uid: 1.5, imagePullSecrets: undefined, storge: '1Gi' },
      'keep is 0, must be a whole number of at least 1',
      'password.key is missing',
      'schedule is "", must be a string that is not empty',
      'uid is 1.5',
      'imagePullSecrets is missing',
      'has no prop storge: did you mean storage',
    ],
    [
      'PostgresBackupJob',
      { schedule: 'daily', storage: 'much', image: 'postgres' },
      'the schedule daily has 1 fields',
      'storage is "much", must be a quantity',
      'image is postgres, which has no tag',
    ],
  ])('%s is told with its path: %j', (kind, props, ...expected) => {
    const wrong = () => make(kind, { ...BASE[kind], ...props });
    expect(wrong).toThrow(DeclarationError);
    const faults = faultsOf(wrong);
    for (const part of expected) expect(faults).toContainEqual(expect.stringContaining(part));
    const ofShape = faults.filter((fault) => fault.startsWith('prop-'));
    for (const fault of ofShape) expect(fault).toMatch(/^prop-[a-z]+ shop\/orders: .+: .+/);
  });

  it.each<[string, () => unknown, ...string[]]>([
    [
      'Postgres.external',
      () => constructs.Postgres.external({ host: 'db', services: [{}], database: 'shop', tls: { mod: 'x' } } as never),
      'services[0] is an object',
      'tls has no prop mod: did you mean mode',
    ],
    [
      'Postgres.external with two places of its authority',
      () =>
        constructs.Postgres.external({
          ...{ host: 'db', services: [orders], database: 'shop' },
          tls: { mode: 'full', ca: { key: 'ca', secret: 'a', configMap: 'b' } },
        } as never),
      'tls.mode is "full", must be verify-full, verify-ca or require',
      'tls.ca has both configMap and secret',
    ],
    [
      'Redis.external',
      () => constructs.Redis.external({ host: 'cache', services: undefined, tls: 'yes', port: Number.NaN } as never),
      'external redis cache: services is missing',
      'tls is "yes", must be true or false',
      'port is NaN',
    ],
    [
      'NatsServer.external',
      () => constructs.NatsServer.external({ hosts: 'nats', topology: {} } as never),
      'NatsServer.external has no prop hosts: did you mean host',
      'host is missing',
      'topology.streams is missing',
    ],
    ['Edge.awsLoadBalancer', () => constructs.Edge.awsLoadBalancer({ cidr: [] } as never), 'did you mean cidrs'],
    ['Edge.kong', () => constructs.Edge.kong('kong' as never), 'the props of Edge are "kong"'],
    [
      'declareEdge',
      () => constructs.declareEdge(new App(), { className: 'nginx', kind: 'ingres', peer: {} } as never),
      'kind is "ingres", must be ingress or gateway-api: did you mean ingress',
      'peer has none of podLabels, cidrs, ciliumEntity',
    ],
  ])('%s is told with its path', (_, wrong, ...expected) => {
    const faults = faultsOf(wrong);
    for (const part of expected) expect(faults).toContainEqual(expect.stringContaining(part));
  });

  it('a construct is told together with what else is wrong with its props', () => {
    const faults = faultsOf(() =>
      make('NatsMicroservice', {
        image: 'orders:latest',
        port: 9000,
        uid: 0,
        env: [Env.value('A', '$(B)')],
        pod: { labels: 'x' },
        autoscaling: { maxReplicas: Number.NaN },
        volumes: [{ name: 'data', mountPath: 'data', sizeLimit: '1Gi' }],
      }),
    );
    expect(faults.map((fault) => /^(\S+) [^:]*: (\S+)/.exec(fault)?.slice(1).join(' '))).toEqual([
      'prop-type pod.labels',
      'prop-type autoscaling.maxReplicas',
      'port port',
      'image image',
      'uid uid',
      'volume volume',
      'env-unknown $(B)',
    ]);
  });

  it('a prop that is unsound brings no fault about what would follow from it', () => {
    const faults = faultsOf(() =>
      make('NatsMicroservice', {
        image: IMAGE,
        env: [Env.value('REPORTS_URL', 'postgresql://reports.example:5433/r')],
        egress: [{ port: '5433' }],
        extraContainers: [{ name: 'side', image: IMAGE, mounts: [{ volume: 'data', mountPath: '/data' }] }],
        volumes: [{ name: 'data', mountPath: '/data' }],
        disruptionBudget: { maxUnavailable: 1 },
        replicas: 'two',
      }),
    );
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['prop-missing', 'prop-type', 'prop-type']);
  });
});

describe('what is made by constructs', () => {
  it('passes whole, with what else it has', () => {
    const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
    const redis = constructs.Redis.external({ host: 'cache.example', services: [], cidrs: ['10.0.0.0/8'] });
    const service = new constructs.NatsMicroservice(chart, 'orders', {
      image: IMAGE,
      route: '/api/orders',
      redisUrl: redis.url,
      egress: [redis],
    });
    const web = new constructs.WebFrontend(chart, 'web', { image: IMAGE });
    expect(
      faultsOf(() => new constructs.ApiGateway(chart, 'gateway', { className: 'traefik', routes: [service], web })),
    ).toEqual([]);
  });
});
