import { ApiObject, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { NatsMicroservice, Postgres } from '#constructs';
import type { NatsMicroserviceProps } from '#constructs';
import { consume, declareService, defineMessage, Env, expandContainerEnv, secretKeys } from '#declare';
import type { RawEnv } from '#declare';
import { ORDERS_IMAGE as IMAGE, orders } from '#test-support/orders-service';
import { z } from 'zod';

const DIGEST = `registry.example/shop/orders@sha256:${'0123456789abcdef'.repeat(4)}`;
const secrets = secretKeys('shop-secrets');
const placed = defineMessage({ subject: 'events.order.placed', payload: z.object({ id: z.string() }) });

describe('NatsMicroservice', () => {
  it('gives with an image alone what the one template for all services gave', () => {
    const { deployment, pod, container } = orders();
    expect(deployment.at('replicas').value).toBe(1);
    expect(deployment.at('selector').value).toEqual({ matchLabels: { app: 'orders' } });
    expect(deployment.at('template', 'metadata', 'labels').value).toEqual({ app: 'orders' });
    expect(container.at('ports').value).toEqual([{ name: 'http', containerPort: 8000, protocol: 'TCP' }]);
    expect(container.at('resources').value).toEqual({
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '500m', memory: '512Mi' },
    });
    expect(container.at('env').value).toEqual([
      { name: 'NATS_URL', value: 'nats://nats.shop.svc.cluster.local:4222' },
      { name: 'REDIS_URL', value: 'redis://redis.shop.svc.cluster.local:6379' },
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'database-url' } } },
    ]);
    expect(pod.at('serviceAccountName').value).toBe('orders');
  });

  it('leaves out the store URLs that are switched off, and never doubles one that is declared', () => {
    const { container } = orders({
      natsUrl: 'nats://elsewhere:4222',
      redisUrl: false,
      env: [Env.secret('DATABASE_URL', secrets.key('url'))],
    });
    expect(container.at('env').value).toEqual([
      { name: 'NATS_URL', value: 'nats://elsewhere:4222' },
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'url' } } },
    ]);
  });

  it('takes the database of the Postgres that has it, where DB_NAME is not declared', () => {
    const orders = declareService({
      name: 'orders',
      env: [Env.value('DB_USER', 'orders'), Env.secret('DB_PASS', secrets.key('pw'))],
      databaseSchema: 'orders',
    });
    const urlOf = (name: string, namespace: string): string | undefined => {
      const app = Testing.app();
      new Postgres(new Chart(app, 'stores', { namespace }), name, { services: [orders], database: 'shop' });
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      const { env } = new NatsMicroservice(chart, 'orders', { ...orders, image: IMAGE });
      return env.find((entry) => entry.name === 'DATABASE_URL')?.value;
    };
    expect(urlOf('postgres', 'shop')).toBe('postgresql://$(DB_USER):$(DB_PASS)@postgres:5432/shop');
    expect(urlOf('db', 'data')).toBe('postgresql://$(DB_USER):$(DB_PASS)@db.data.svc.cluster.local:5432/shop');
  });

  it('takes a URL as text or as a key of a Secret, for every store', () => {
    const { container } = orders({
      natsUrl: secrets.key('nats-url'),
      redisUrl: secrets.key('redis-url'),
      databaseUrl: 'postgresql://db.example:5432/shop',
      egress: [{ port: 5432 }],
    });
    const secret = (key: string) => ({ secretKeyRef: { name: 'shop-secrets', key } });
    expect(container.at('env').value).toEqual([
      { name: 'NATS_URL', valueFrom: secret('nats-url') },
      { name: 'REDIS_URL', valueFrom: secret('redis-url') },
      { name: 'DATABASE_URL', value: 'postgresql://db.example:5432/shop' },
    ]);
  });

  it('dials an external PostgreSQL over TLS, with the certificates of its authority', () => {
    const login = [Env.value('DB_USER', 'orders'), Env.secret('DB_PASS', secrets.key('pw'))];
    const declaration = declareService({ name: 'orders', env: login, databaseSchema: 'orders' });
    const rds = Postgres.external({
      host: 'shop.abc.eu-central-1.rds.amazonaws.com',
      database: 'shop',
      services: [declaration],
      cidrs: ['10.0.0.0/24'],
      tls: { ca: { configMap: 'rds-ca', key: 'global-bundle.pem' } },
    });
    const { container, policy } = orders({
      ...declaration,
      databaseUrl: rds.url,
      volumes: rds.volumes,
      egress: [rds],
      natsUrl: false,
      redisUrl: false,
    });
    const url = (container.at('env').value as RawEnv[]).find(({ name }) => name === 'DATABASE_URL')?.value;
    expect(url).toBe(
      'postgresql://$(DB_USER):$(DB_PASS)@shop.abc.eu-central-1.rds.amazonaws.com:5432/shop?sslmode=verify-full&sslrootcert=/etc/postgres-ca/global-bundle.pem',
    );
    expect(container.at('volumeMounts', 1).value).toEqual({
      name: 'postgres-ca',
      mountPath: '/etc/postgres-ca',
      readOnly: true,
    });
    expect(policy.at('egress', 1, 'to').value).toEqual([{ ipBlock: { cidr: '10.0.0.0/24' } }]);
  });

  it('composes DATABASE_URL where DB_USER and DB_PASS are declared', () => {
    const env = [
      Env.value('DB_USER', 'orders'),
      Env.secret('DB_PASS', secrets.key('pw')),
      Env.value('DB_NAME', 'shop'),
    ];
    const { container } = orders({ env });
    const entries = container.at('env').value as RawEnv[];
    expect(entries.map(({ name }) => name)).toEqual([
      'NATS_URL',
      'REDIS_URL',
      'DB_USER',
      'DB_PASS',
      'DB_NAME',
      'DATABASE_URL',
    ]);
    expect(expandContainerEnv({ env: entries, resolve: () => 'pw' }).values['DATABASE_URL']).toBe(
      'postgresql://orders:pw@postgres:5432/shop',
    );
  });

  it('takes a declaration spread into its props, with what the place of deployment gives', () => {
    const declared = declareService({
      name: 'orders',
      route: '/api/orders',
      env: [Env.value('LINK', '$(PUBLIC_ORIGIN)/orders'), Env.given('PUBLIC_ORIGIN'), Env.given('APP_VERSION')],
      publishes: [placed],
    });
    const given = { PUBLIC_ORIGIN: 'https://shop.example' };
    const chart = new Chart(Testing.app(), 'test', { namespace: 'shop' });
    const service = new NatsMicroservice(chart, 'other-id', { ...declared, image: IMAGE, given });
    expect(service.name).toBe('orders');
    expect(service.route).toBe('/api/orders');
    expect(service.host).toBe('orders.shop.svc.cluster.local');
    expect(service.declaration.publishes).toEqual([placed]);
    expect(service.env.slice(3)).toEqual([
      { name: 'PUBLIC_ORIGIN', value: 'https://shop.example' },
      { name: 'LINK', value: '$(PUBLIC_ORIGIN)/orders' },
      { name: 'APP_VERSION', value: '1.4.2' },
    ]);
  });

  it.each([
    [IMAGE, '1.4.2'],
    [DIGEST, '0123456789ab'],
    [`localhost:5000/orders:2.0.0@sha256:${'a'.repeat(64)}`, '2.0.0'],
  ])('reads APP_VERSION from %s', (image, version) => {
    const { container } = orders({ image, env: [Env.given('APP_VERSION')] });
    expect(container.at('env', 3).value).toEqual({ name: 'APP_VERSION', value: version });
  });

  it('puts a variable after those it mentions', () => {
    const env = [Env.value('A', '$(B)/a'), Env.value('B', '$(C)/b'), Env.value('C', 'c')];
    const { container } = orders({ env });
    const entries = container.at('env').value as RawEnv[];
    expect(entries.slice(3).map(({ name }) => name)).toEqual(['C', 'B', 'A']);
  });

  it('serves on port 8000 behind a Service of its name', () => {
    const { object } = orders();
    expect(object('Service/orders').at('spec').value).toEqual({
      selector: { app: 'orders' },
      ports: [{ name: 'http', port: 8000, protocol: 'TCP', targetPort: 'http' }],
    });
  });

  it('passes PodSecurity restricted, has no token and no service links', () => {
    const { pod, container, object } = orders({ uid: 1234 });
    expect(pod.at('securityContext').value).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1234,
      fsGroup: 1234,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.at('securityContext').value).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.at('enableServiceLinks').value).toBe(false);
    expect(pod.at('automountServiceAccountToken').value).toBe(false);
    expect(object('ServiceAccount/orders').at('automountServiceAccountToken').value).toBe(false);
  });

  it('can write to a sized /tmp', () => {
    const { pod, container } = orders({ tmpSize: '1Gi' });
    expect(pod.at('volumes').value).toEqual([{ name: 'tmp', emptyDir: { sizeLimit: '1Gi' } }]);
    expect(container.at('volumeMounts').value).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
  });

  it('probes /livez for life and start, /readyz for traffic', () => {
    const { container } = orders({ env: [Env.value('START_DEADLINE_S', 60)] });
    expect(container.at('livenessProbe', 'httpGet').value).toEqual({ path: '/livez', port: 'http' });
    expect(container.at('readinessProbe', 'httpGet').value).toEqual({ path: '/readyz', port: 'http' });
    expect(container.at('startupProbe', 'httpGet').value).toEqual({ path: '/livez', port: 'http' });
    const [period, failures] = ['periodSeconds', 'failureThreshold'].map(
      (key) => container.at('startupProbe', key).number ?? 0,
    );
    expect((period ?? 0) * (failures ?? 0)).toBe(90);
  });

  it('gives the process time to drain: the pause, the longer of drain and acknowledgement, and a margin', () => {
    const grace = (props: Partial<NatsMicroserviceProps>) =>
      orders(props).pod.at('terminationGracePeriodSeconds').value;
    expect(grace({})).toBe(5 + 25 + 5);
    expect(grace({ env: [Env.value('SHUTDOWN_GRACE_MS', 40_500)] })).toBe(5 + 41 + 5);
    expect(grace({ consumes: [consume(placed, { ackWaitSeconds: 60 })], preStopSeconds: 0 })).toBe(60 + 5);
    expect(grace({ terminationGracePeriodSeconds: 300 })).toBe(300);
    expect(orders().container.at('lifecycle').value).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(orders({ preStopSeconds: 0 }).container.at('lifecycle').exists).toBe(false);
  });

  it('replaces a stateless pod by a new one first', () => {
    const { deployment } = orders();
    expect(deployment.at('strategy').value).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    expect(deployment.at('progressDeadlineSeconds').value).toBe(240);
  });

  it('has a budget and spreads from two replicas on, not before', () => {
    expect(() => orders().object('PodDisruptionBudget/orders')).toThrow('no PodDisruptionBudget');
    expect(orders().pod.at('topologySpreadConstraints').exists).toBe(false);
    const { pod, object } = orders({ replicas: 2 });
    expect(object('PodDisruptionBudget/orders').at('spec').value).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { app: 'orders' } },
    });
    expect(pod.at('topologySpreadConstraints', 0).value).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
    });
  });

  it('leaves the number of replicas to an autoscaler', () => {
    const { deployment, object } = orders({ autoscaling: { maxReplicas: 5 } });
    expect(deployment.at('replicas').exists).toBe(false);
    expect(object('HorizontalPodAutoscaler/orders').at('spec').value).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 70 } } }],
    });
    expect(object('PodDisruptionBudget/orders').exists).toBe(true);
  });

  it('pulls an image that does not move, with the given secrets', () => {
    const { pod, container } = orders({ image: DIGEST, imagePullSecrets: ['ecr', { name: 'ghcr' }] });
    expect(container.at('image').value).toBe(DIGEST);
    expect(container.at('imagePullPolicy').value).toBe('IfNotPresent');
    expect(pod.at('imagePullSecrets').value).toEqual([{ name: 'ecr' }, { name: 'ghcr' }]);
  });

  it('makes a claim when asked, and then keeps to one pod that is replaced with a gap', () => {
    const { deployment, pod, container, object } = orders({
      volumes: [{ name: 'data', mountPath: '/data', newClaim: { size: '20Gi', storageClassName: 'fast' } }],
    });
    expect(deployment.at('strategy').value).toEqual({ type: 'Recreate' });
    expect(object('PersistentVolumeClaim/orders-data').at('spec').value).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast',
      resources: { requests: { storage: '20Gi' } },
    });
    expect(pod.at('volumes', 1).value).toEqual({ name: 'data', persistentVolumeClaim: { claimName: 'orders-data' } });
    expect(container.at('volumeMounts', 1).value).toEqual({ name: 'data', mountPath: '/data' });
  });

  it('lets many pods share a claim that many nodes may write', () => {
    const { deployment } = orders({
      replicas: 3,
      volumes: [{ name: 'data', mountPath: '/data', claim: 'shared', accessMode: 'ReadWriteMany' }],
    });
    expect(deployment.at('strategy', 'type').value).toBe('RollingUpdate');
  });

  it('mounts ConfigMaps and Secrets as folders that cannot be written', () => {
    const { pod, container } = orders({
      volumes: [
        { name: 'rules', mountPath: '/etc/rules', configMap: 'rules' },
        { name: 'tls', mountPath: '/etc/tls', secret: { name: 'orders-tls' }, keys: ['ca.crt'] },
        { name: 'cache', mountPath: '/cache', sizeLimit: '1Gi' },
      ],
    });
    expect(pod.at('volumes').value).toEqual([
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      { name: 'rules', configMap: { name: 'rules' } },
      { name: 'tls', secret: { secretName: 'orders-tls', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { name: 'cache', emptyDir: { sizeLimit: '1Gi' } },
    ]);
    expect(container.at('volumeMounts', 1).value).toEqual({ name: 'rules', mountPath: '/etc/rules', readOnly: true });
  });

  it('rolls its pods when a ConfigMap that it reads changes, and only then', () => {
    const hash = (data: Record<string, string>, other = 'x', props: Partial<NatsMicroserviceProps> = {}) =>
      orders({ volumes: [{ name: 'rules', mountPath: '/etc/rules', configMap: 'rules' }], ...props }, (chart) => {
        configMap(chart, 'rules', data);
        configMap(chart, 'others', { other });
      }).deployment.at('template', 'metadata', 'annotations', 'cdk8s-nats.dev/config-hash').value;
    expect(hash({ a: '1' })).toMatch(/^[0-9a-f]{16}$/);
    expect(hash({ a: '1' })).toBe(hash({ a: '1' }, 'y'));
    expect(hash({ a: '1' })).not.toBe(hash({ a: '2' }));
    const byEnv = { volumes: [], env: [Env.configMap('RULE', { name: 'rules', key: 'a' })] };
    expect(hash({ a: '1' }, 'x', byEnv)).not.toBe(hash({ a: '2' }, 'x', byEnv));
    const bySource = { volumes: [], envFrom: [{ kind: 'configMap', name: 'rules' } as const] };
    expect(hash({ a: '1' }, 'x', bySource)).not.toBe(hash({ a: '2' }, 'x', bySource));
    expect(hash({ a: '1' }, 'x', { volumes: [] })).toBeUndefined();
  });

  it('takes objects of cdk8s-plus by their name', () => {
    const { pod, container } = ((): ReturnType<typeof orders> => {
      const chart = new Chart(Testing.app(), 'plus', { namespace: 'shop' });
      const secret = new kplus.Secret(chart, 'secret', { metadata: { name: 'from-plus' } });
      const config = new kplus.ConfigMap(chart, 'config', { metadata: { name: 'config-plus' } });
      return orders({
        env: [Env.secret('TOKEN', secretKeys(secret).key('token'))],
        imagePullSecrets: [secret],
        volumes: [{ name: 'config', mountPath: '/config', configMap: config }],
      });
    })();
    expect(container.along(['env', 3, 'valueFrom', 'secretKeyRef', 'name']).value).toBe('from-plus');
    expect(pod.at('imagePullSecrets').value).toEqual([{ name: 'from-plus' }]);
    expect(pod.at('volumes', 1, 'configMap', 'name').value).toBe('config-plus');
  });

  it('takes whole sets of variables, and references to keys that they are declared to hold', () => {
    const { container } = orders({
      envFrom: [{ kind: 'secret', name: 'orders', prefix: 'SHOP_', keys: ['TOKEN'] }],
      env: [Env.value('HEADER', 'Bearer $(SHOP_TOKEN)')],
    });
    expect(container.at('envFrom').value).toEqual([{ prefix: 'SHOP_', secretRef: { name: 'orders' } }]);
    expect(container.at('env', 3).value).toEqual({ name: 'HEADER', value: 'Bearer $(SHOP_TOKEN)' });
  });

  it('reads resource figures by the downward API', () => {
    const { container } = orders({ env: [Env.resource('MEMORY_MIB', 'limits.memory', { divisor: '1Mi' })] });
    expect(container.at('env', 3, 'valueFrom').value).toEqual({
      resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' },
    });
  });

  it('holds further containers to the same rules', () => {
    const { pod } = orders({
      volumes: [{ name: 'data', mountPath: '/data', sizeLimit: '1Gi' }],
      initContainers: [{ name: 'warm-up', image: 'registry.example/warm-up:3', command: ['/warm-up'] }],
      extraContainers: [
        {
          name: 'exporter',
          image: 'registry.example/exporter:2',
          env: [Env.value('TARGET', '$(BASE)/metrics'), Env.value('BASE', 'http://127.0.0.1:8000')],
          mounts: [{ volume: 'data', mountPath: '/data', readOnly: true }],
          ports: [{ name: 'metrics', port: 9100 }],
        },
      ],
    });
    expect(pod.at('initContainers', 0).value).toMatchObject({
      name: 'warm-up',
      command: ['/warm-up'],
      securityContext: { readOnlyRootFilesystem: true },
      resources: { limits: { cpu: '500m', memory: '512Mi' } },
    });
    expect(pod.at('containers', 1).value).toMatchObject({
      name: 'exporter',
      env: [{ name: 'BASE' }, { name: 'TARGET' }],
      ports: [{ name: 'metrics', containerPort: 9100 }],
      volumeMounts: [{ name: 'tmp' }, { name: 'data', mountPath: '/data', readOnly: true }],
    });
  });

  it('never names an object by the path of its construct', () => {
    const names = (id: string) => {
      const chart = new Chart(Testing.app(), 'test', { namespace: 'shop' });
      new NatsMicroservice(chart, id, { image: IMAGE, name: 'orders', replicas: 2 });
      return Testing.synth(chart) as unknown[];
    };
    expect(names('one')).toEqual(names('two'));
  });

  it('exposes what it made', () => {
    const chart = new Chart(Testing.app(), 'test', { namespace: 'shop' });
    const service = new NatsMicroservice(chart, 'orders', {
      image: IMAGE,
      volumes: [{ name: 'data', mountPath: '/data', newClaim: { size: '1Gi', accessMode: 'ReadWriteMany' } }],
      autoscaling: { maxReplicas: 3 },
    });
    const made = [
      service.deployment,
      service.service,
      service.serviceAccount,
      service.networkPolicy,
      service.podDisruptionBudget,
      service.horizontalPodAutoscaler,
      ...service.persistentVolumeClaims,
    ];
    expect(made.map((object) => object?.kind)).toEqual([
      'Deployment',
      'Service',
      'ServiceAccount',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'PersistentVolumeClaim',
    ]);
    expect(service.port).toBe(8000);
  });
});

function configMap(chart: Chart, name: string, data: Record<string, string>): void {
  new ApiObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
}
