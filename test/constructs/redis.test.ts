import { describe, expect, it } from 'vitest';
import { Redis, type RedisProps } from '#constructs';
import { declareService, Env, type RedisKeys } from '#declare';
import { mail, orders, SHOP_SERVICES } from '#test-support/shop-topology';
import { faultsOf, synthStore } from '#test-support/store-chart';

function synth(props: Partial<RedisProps> = {}) {
  const made = synthStore((chart) => new Redis(chart, 'redis', { services: SHOP_SERVICES, ...props }));
  const get = (kind: string, name = 'redis') => made.get(kind, name);
  const pod = get('StatefulSet').spec.template;
  const files = get('ConfigMap', 'redis-config').data ?? {};
  return { redis: made.construct, manifests: made.manifests, get, pod, server: pod.spec.containers[0], files };
}

const faults = (props: Partial<RedisProps>) => faultsOf(() => synth(props));

const using = (name: string, redisKeys: RedisKeys) =>
  declareService({ name, env: [Env.secret('REDIS_PASSWORD', { name: 's', key: name })], redisKeys });

describe('Redis', () => {
  it('is one server that appends to a file on a volume of its own', () => {
    const { get, server } = synth();
    const { spec } = get('StatefulSet');
    expect(spec).toMatchObject({
      replicas: 1,
      serviceName: 'redis-headless',
      selector: { matchLabels: { app: 'redis' } },
    });
    expect(server.image).toMatch(/^redis:7\.\d+\.\d+-alpine$/);
    expect(server.command).toEqual(['redis-server', '/etc/redis/redis.conf', '--appendonly', 'yes']);
    expect(server.volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('1Gi');
  });

  it('has the priority that it is given, else the default one of the cluster', () => {
    expect(synth().pod.spec.priorityClassName).toBeUndefined();
    expect(synth({ priorityClassName: 'stores' }).pod.spec.priorityClassName).toBe('stores');
  });

  it('states its memory below the limit, and that nothing is evicted', () => {
    const { files, server } = synth();
    expect(server.resources.limits.memory).toBe('256Mi');
    expect(files['redis.conf']).toContain(`maxmemory ${153 * 2 ** 20}\n`);
    expect(files['redis.conf']).toContain('maxmemory-policy noeviction\n');
    expect(synth({ maxMemory: '100Mi', maxMemoryPolicy: 'volatile-lru' }).files['redis.conf']).toContain(
      `maxmemory ${100 * 2 ** 20}\nmaxmemory-policy volatile-lru\n`,
    );
  });

  it('writes the users into memory before it starts, with passwords by reference alone', () => {
    const { pod, files } = synth();
    const [users] = pod.spec.initContainers;
    expect(users.command).toEqual(['sh', '/etc/redis/users.sh', '/run/redis/users.acl']);
    expect(users.env).toEqual(
      ['orders', 'mail-room'].map((name) => ({
        name: `REDIS_PASSWORD_${name.toUpperCase().replace('-', '_')}`,
        valueFrom: { secretKeyRef: { name: 'shop-secrets', key: `${name}-redis` } },
      })),
    );
    expect(pod.spec.containers[0].env).toBeUndefined();
    expect(pod.spec.volumes[1]).toEqual({ name: 'acl', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
    expect(files['users.sh']).toContain(`user mail-room REDIS_PASSWORD_MAIL_ROOM '~mail-room:* %R~cart:* +@all`);
  });

  it('is probed by a user without a password', () => {
    const { server } = synth();
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(server[probe].exec.command.slice(0, 4)).toEqual(['redis-cli', '-e', '--user', 'probe']);
    }
  });

  it('is restricted in every container, with limits and without a token', () => {
    const { pod } = synth();
    expect(pod.spec).toMatchObject({ enableServiceLinks: false, automountServiceAccountToken: false });
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 999, fsGroup: 999 });
    for (const container of [...pod.spec.initContainers, ...pod.spec.containers]) {
      expect(container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.limits).toHaveProperty('memory');
    }
  });

  it('is reached by the services that have keys in it, and reaches nobody', () => {
    const { spec } = synth().get('NetworkPolicy');
    expect(spec.ingress).toEqual([
      {
        from: ['orders', 'mail-room'].map((app) => ({ podSelector: { matchLabels: { app } } })),
        ports: [{ protocol: 'TCP', port: 6379 }],
      },
    ]);
    expect(spec.policyTypes).toContain('Egress');
    expect(spec).not.toHaveProperty('egress');
  });

  it('rolls when its configuration or a user changes', () => {
    const template = JSON.stringify(synth().pod);
    expect(JSON.stringify(synth({ maxMemory: '100Mi' }).pod)).not.toBe(template);
    expect(JSON.stringify(synth({ services: [orders] }).pod)).not.toBe(template);
    expect(JSON.stringify(synth().pod)).toBe(template);
  });

  it('has an administrator only with a password', () => {
    expect(synth().files['users.sh']).not.toContain('user admin');
    const { files, pod } = synth({ adminPassword: { name: 'shop-secrets', key: 'redis-admin' } });
    expect(files['users.sh']).toContain(`user admin REDIS_ADMIN_PASSWORD '~* &* +@all'`);
    expect(pod.spec.initContainers[0].env.at(-1).name).toBe('REDIS_ADMIN_PASSWORD');
  });

  it('is dialled by its full name', () => {
    expect(synth().redis.url).toBe('redis://redis.shop.svc.cluster.local:6379');
  });
});

describe('faults of Redis', () => {
  it('come all at once, each with the construct path', () => {
    const found = faults({
      maxMemory: '1Gi',
      storage: 'much',
      image: 'redis:latest',
      services: [using('a', { writes: ['x y'] })],
    });
    expect(found.map((fault) => fault.split(':')[0])).toEqual([
      'image-reference infrastructure/redis',
      'quantity infrastructure/redis',
      'redis-max-memory infrastructure/redis',
      'redis-key-pattern infrastructure/redis service a',
    ]);
  });

  it.each<[string, Partial<RedisProps>, RegExp]>([
    ['memory as large as the limit', { maxMemory: '256Mi' }, /maxMemory is 256Mi and the memory limit 256Mi/],
    ['an image that moves', { image: 'redis' }, /has no tag and therefore means latest/],
    ['a quantity that is none', { storage: '1 gig' }, /storage is "1 gig"/],
    [
      'a service without password',
      { services: [declareService({ name: 'a', env: [], redisKeys: { writes: ['a:*'] } })] },
      /a uses the store but declares no REDIS_PASSWORD/,
    ],
    [
      'two writers of a key',
      { services: [using('a', { writes: ['session:*'] }), using('b', { writes: ['session:b:*'] })] },
      /a writes session:\* and b writes session:b:\*, but a key has one writer/,
    ],
    ['a service named like a user of Redis', { services: [using('probe', { writes: ['p:*'] })] }, /rename the service/],
    [
      'a pattern that would break the file',
      { services: [using('a', { writes: [`a'b`] })] },
      /a key pattern must not contain a space/,
    ],
  ])('%s', (_, props, message) => {
    expect(faults(props)).toEqual([expect.stringMatching(message)]);
  });

  it('are not found where one writes and another reads', () => {
    expect(faults({ services: [orders, mail] })).toEqual([]);
  });
});

describe('an external Redis', () => {
  it('makes no object and lists the keys of each user', () => {
    const external = Redis.external({ host: 'cache.example.org', services: SHOP_SERVICES, tls: true });
    expect(external).toMatchObject({ url: 'rediss://cache.example.org:6379', app: undefined, cidrs: [] });
    expect(external.keys['mail-room']).toEqual(mail.redisKeys);
  });

  it('is checked like one of ours', () => {
    const services = [declareService({ name: 'a', env: [], redisKeys: { writes: ['a:*'] } })];
    const found = faultsOf(() => Redis.external({ host: 'redis://x', services }));
    expect(found.map((fault) => fault.split(' ')[0])).toEqual(['external-host', 'login-password-missing']);
  });
});
