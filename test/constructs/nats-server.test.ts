import { describe, expect, it } from 'vitest';
import { NatsServer, type NatsServerProps } from '#constructs';
import { declareService, defineStream, defineTopology, Env } from '#declare';
import { mail, orderPlaced, orders, screen, shop, SHOP_STREAM } from '#test-support/shop-topology';
import { faultsOf, synthStore } from '#test-support/store-chart';

function synth(props: Partial<NatsServerProps> = {}) {
  const made = synthStore((chart) => new NatsServer(chart, 'nats', { topology: shop, ...props }));
  const get = (kind: string, name = 'nats') => made.get(kind, name);
  const pod = get('StatefulSet').spec.template;
  const server = made.construct;
  return { server, manifests: made.manifests, get, pod, nats: pod.spec.containers[0], config: server.config };
}

const faults = (props: Partial<NatsServerProps>) => faultsOf(() => synth(props));

describe('what the official chart gives', () => {
  it('runs one server by a StatefulSet that the headless Service governs', () => {
    const { get } = synth();
    const { spec } = get('StatefulSet');
    expect(spec).toMatchObject({ replicas: 1, serviceName: 'nats-headless', podManagementPolicy: 'Parallel' });
    expect(spec.selector.matchLabels).toEqual({ app: 'nats' });
    expect(get('Service').spec.ports).toMatchObject([{ name: 'nats', port: 4222, targetPort: 'nats' }]);
    expect(get('Service', 'nats-headless').spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  });

  it('asks /healthz in three probes, readiness only for JetStream being enabled', () => {
    const { nats } = synth();
    expect(nats.startupProbe.httpGet).toEqual({ path: '/healthz', port: 'monitor' });
    expect(nats.readinessProbe.httpGet.path).toBe('/healthz?js-enabled-only=true');
    expect(nats.livenessProbe.httpGet.path).toBe('/healthz?js-enabled-only=true');
  });

  it('enters lame-duck mode on stop, and has the time to leave it', () => {
    const { nats, pod, config } = synth();
    expect(nats.lifecycle.preStop.exec.command).toEqual(['nats-server', '-sl=ldm=/var/run/nats/nats.pid']);
    expect(config).toContain('lame_duck_duration: "30s"');
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(30);
  });

  it('reloads an edited configuration from beside the server', () => {
    const { pod } = synth();
    const [nats, reloader] = pod.spec.containers;
    expect(pod.spec.shareProcessNamespace).toBe(true);
    const files = ['nats', 'APP', 'APP-orders', 'APP-mail-room', 'APP-screen'];
    const watched = files.flatMap((file) => ['-config', `/etc/nats-config/${file}.conf`]);
    expect(reloader.args).toEqual(['-pid', '/var/run/nats/nats.pid', ...watched]);
    expect(nats.volumeMounts.slice(0, 2)).toEqual(reloader.volumeMounts);
  });

  it('has the priority that it is given, else the default one of the cluster', () => {
    expect(synth().pod.spec.priorityClassName).toBeUndefined();
    expect(synth({ priorityClassName: 'stores' }).pod.spec.priorityClassName).toBe('stores');
  });

  it('keeps streams on a volume that is larger than the store', () => {
    const { get, config, nats } = synth({ storage: '1Gi' });
    const [claim] = get('StatefulSet').spec.volumeClaimTemplates;
    expect(claim.spec).toEqual({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } });
    expect(nats.volumeMounts).toContainEqual({ name: claim.metadata.name, mountPath: '/data' });
    expect(config).toContain(`max_file_store: ${921 * 2 ** 20}`);
    expect(config).toContain(`max_memory_store: ${256 * 2 ** 20}`);
  });

  it('makes three servers a cluster with routes, spread over nodes, of which one may be away', () => {
    const { get, config, pod, nats } = synth({ replicas: 3 });
    expect(get('StatefulSet').spec.replicas).toBe(3);
    expect(get('PodDisruptionBudget').spec.maxUnavailable).toBe(1);
    for (const ordinal of [0, 1, 2]) {
      expect(config).toContain(`$NATS_ROUTE_${ordinal}\n`);
      expect(nats.env).toContainEqual({
        name: `NATS_ROUTE_${ordinal}`,
        value: `"nats://route:$(RAW_NATS_ROUTE_PASSWORD)@nats-${ordinal}.nats-headless:6222"`,
      });
    }
    expect(pod.spec.topologySpreadConstraints).toHaveLength(1);
    expect(pod.spec.containers[0].ports.map(({ containerPort }: { containerPort: number }) => containerPort)).toEqual([
      4222, 6222, 8222,
    ]);
  });

  it('has neither routes nor a disruption budget when it stands alone', () => {
    const { manifests, config } = synth();
    expect(manifests.map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
    expect(config).not.toContain('cluster {');
  });
});

describe('beyond it', () => {
  it('is restricted in every container, with limits and without a token', () => {
    const { pod } = synth();
    expect(pod.spec).toMatchObject({ enableServiceLinks: false, automountServiceAccountToken: false });
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 });
    for (const container of pod.spec.containers) {
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(container.resources.limits).toHaveProperty('memory');
    }
  });

  it('makes a user of each service that sends or receives, with the password of its declaration', () => {
    const { server, nats } = synth();
    expect(server.users.map(({ name }) => name)).toEqual(['orders', 'mail-room', 'screen']);
    const at = nats.env.findIndex(({ name }: { name: string }) => name === 'RAW_NATS_PASSWORD_MAIL_ROOM');
    expect(nats.env.slice(at, at + 2)).toEqual([
      {
        name: 'RAW_NATS_PASSWORD_MAIL_ROOM',
        valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'mail-room-nats' } },
      },
      { name: 'NATS_PASSWORD_MAIL_ROOM', value: '"$(RAW_NATS_PASSWORD_MAIL_ROOM)"' },
    ]);
    expect(server.config).toContain('password: $NATS_PASSWORD_MAIL_ROOM');
  });

  it('asks the servers of a cluster for a password, by a Secret of its own where none is named', () => {
    const passwordOf = (props: Partial<NatsServerProps>) =>
      synth({ replicas: 3, ...props }).nats.env.find(
        ({ name }: { name: string }) => name === 'RAW_NATS_ROUTE_PASSWORD',
      );
    const own = { name: 'nats-routes', key: 'password' };
    const named = { name: 'shop-secrets', key: 'routes' };
    expect(passwordOf({})?.valueFrom).toEqual({ secretKeyRef: own });
    expect(passwordOf({ routesPassword: named })?.valueFrom).toEqual({ secretKeyRef: named });
    expect(passwordOf({ routesTlsSecret: 'nats-routes-tls' })).toBeUndefined();
    expect(synth({ replicas: 3 }).config).toContain('authorization { user: route, password: $NATS_ROUTE_PASSWORD');
    expect(synth().config).not.toContain('NATS_ROUTE');
  });

  it('gives each service an account of its own, and the streams to one without users', () => {
    const { config } = synth();
    const accountOf = (name: string) => config.split(`"${name}" {`)[1]?.split(/^ {2}\}$/m)[0] ?? '';
    expect(accountOf('APP')).toContain('jetstream: enabled');
    expect(accountOf('APP')).not.toContain('users');
    expect(accountOf('APP-mail-room')).toContain('user: "mail-room"');
    expect(accountOf('APP-mail-room')).not.toMatch(/jetstream|user: "(orders|screen)"/);
  });

  it('writes both sides of every permission, since an empty list would allow everything', () => {
    const { config } = synth();
    const users = config.split('permissions: {').slice(1);
    for (const user of users) {
      for (const side of ['publish', 'subscribe'])
        expect(user).toMatch(new RegExp(`${side}: \\{\\s+(allow|deny): \\[`));
    }
  });

  it('opens the client port to its users, routes to itself, monitoring to itself and the scraper', () => {
    const scraper = { podLabels: { app: 'prometheus' }, namespaceLabels: { team: 'ops' } };
    const { get } = synth({ replicas: 3, scraper });
    const { ingress, egress, podSelector } = get('NetworkPolicy').spec;
    const self = { podSelector: { matchLabels: { app: 'nats' } } };
    expect(podSelector.matchLabels).toEqual({ app: 'nats' });
    expect(ingress[0].from).toEqual(
      ['orders', 'mail-room', 'screen'].map((app) => ({ podSelector: { matchLabels: { app } } })),
    );
    expect(ingress[1]).toEqual({ from: [self], ports: [{ protocol: 'TCP', port: 6222 }] });
    expect(ingress[2].from).toEqual([
      self,
      { podSelector: { matchLabels: { app: 'prometheus' } }, namespaceSelector: { matchLabels: { team: 'ops' } } },
    ]);
    expect(egress[0]).toEqual({ to: [self], ports: [{ protocol: 'TCP', port: 6222 }] });
  });

  it('lets one server alone reach nothing', () => {
    const { spec } = synth().get('NetworkPolicy');
    expect(spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(spec).not.toHaveProperty('egress');
  });

  it('gives the account SYS a user only with a password', () => {
    expect(synth().config).toContain('SYS {}');
    const { config, nats } = synth({ systemPassword: { name: 'shop-secrets', key: 'nats-system' } });
    expect(config).toContain('user: "sys", password: $NATS_SYSTEM_PASSWORD');
    expect(nats.env.at(-1)).toMatchObject({ name: 'NATS_SYSTEM_PASSWORD' });
  });

  it('speaks TLS by secret, on routes mutually, and reloads a renewed certificate', () => {
    const { config, pod } = synth({ replicas: 3, tlsSecret: 'nats-tls', routesTlsSecret: 'nats-routes' });
    expect(config).toContain('"nats://nats-0.nats-headless:6222"');
    expect(config).toContain('cert_file: "/etc/nats-tls/tls.crt"');
    expect(config).toContain('ca_file: "/etc/nats-routes-tls/ca.crt"');
    expect(config).toContain('verify: true');
    expect(pod.spec.volumes).toContainEqual({ name: 'tls', secret: { secretName: 'nats-tls' } });
    expect(pod.spec.containers[1].args).toContain('/etc/nats-tls/tls.crt');
  });

  it('is dialled by its full name', () => {
    expect(synth().server.url).toBe('nats://nats.shop.svc.cluster.local:4222');
  });
});

describe('what rolls the servers', () => {
  const templateOf = (props: Partial<NatsServerProps>): string => JSON.stringify(synth(props).pod);
  const services = [orders, mail];

  it('is a new user, whose password a running server cannot learn', () => {
    const before = defineTopology({ streams: [SHOP_STREAM], services });
    const after = defineTopology({ streams: [SHOP_STREAM], services: [...services, screen] });
    expect(templateOf({ topology: after })).not.toBe(templateOf({ topology: before }));
  });

  it('is not a new permission, which is reloaded', () => {
    const reader = declareService({ ...mail, jetstream: { reads: ['SHOP'] } });
    const topology = defineTopology({ streams: [SHOP_STREAM], services: [orders, reader, screen] });
    expect(synth({ topology }).config).not.toBe(synth().config);
    expect(templateOf({ topology })).toBe(templateOf({}));
  });

  it('is the size of a store, which a reload refuses', () => {
    expect(templateOf({ maxFileStore: '1Gi' })).not.toBe(templateOf({}));
  });
});

describe('faults', () => {
  it('come all at once, each with the construct path', () => {
    const found = faults({ replicas: 2, storage: '1Gi', maxFileStore: '1Gi', memoryStore: '512Mi', image: 'nats' });
    expect(found.map((fault) => fault.split(':')[0])).toEqual([
      'nats-replicas infrastructure/nats',
      'image-reference infrastructure/nats',
      'nats-file-store infrastructure/nats',
      'nats-memory-store infrastructure/nats',
    ]);
  });

  it.each([
    ['two servers', { replicas: 2 }, /replicas is 2, .*use 1 or 3/],
    ['an image without tag', { image: 'nats' }, /image is nats, which has no tag and therefore means latest/],
    ['a reloader that moves', { reloaderImage: 'reloader:latest' }, /latest is a moving tag/],
    ['a quantity that is none', { storage: '2 GB' }, /storage is "2 GB", must be a quantity/],
    ['a store as large as its volume', { storage: '1Gi', maxFileStore: '1Gi' }, /maxFileStore is 1Gi and storage 1Gi/],
    [
      'a memory store as large as the limit',
      { memoryStore: '512Mi' },
      /memoryStore is 512Mi and the memory limit 512Mi/,
    ],
    [
      'an authority without TLS',
      { tlsCa: { secret: 'ca', key: 'ca.crt' } },
      /nats-tls .*tlsCa is set without tlsSecret/,
    ],
    ['TLS on routes that are not there', { routesTlsSecret: 'x' }, /a single server has no routes/],
  ])('%s', (_, props, message) => {
    expect(faults(props)).toEqual([expect.stringMatching(message)]);
  });

  it('of the topology, which are its own', () => {
    const overlapping = defineStream({ name: 'AGAIN', subjects: ['shop.orders.>'], maxBytes: 1024 });
    const topology = defineTopology({ streams: [SHOP_STREAM, overlapping], services: [orders, mail, screen] });
    const found = faults({ topology });
    expect(found).toContainEqual(expect.stringMatching(/overlap/));
    expect(found).toContainEqual(expect.stringMatching(/ infrastructure\/nats .*overlap/));
    const outside = faultsOf(() => NatsServer.external({ host: 'nats.example.org', topology }));
    expect(outside.map((line) => line.replace('external nats nats.example.org', 'infrastructure/nats'))).toEqual(found);
  });

  it('streams that reserve more than the store holds', () => {
    const large = defineStream({ name: 'SHOP', subjects: ['shop.>'], maxBytes: 2 ** 40 });
    const topology = defineTopology({ streams: [large], services: [orders, mail, screen] });
    expect(faults({ topology })).toEqual([expect.stringMatching(/the streams SHOP reserve 1099511627776 bytes/)]);
  });

  it('streams in memory of a server that has no store there', () => {
    const quick = defineStream({ name: 'SHOP', subjects: ['shop.>'], storage: 'memory', maxBytes: 1024 });
    const topology = defineTopology({ streams: [quick], services: [orders, mail, screen] });
    expect(faults({ topology, memoryStore: '0' })).toEqual([
      expect.stringMatching(/nats-streams-exceed-store .*the streams SHOP reserve 1024 bytes, but memoryStore is 0/),
    ]);
  });

  it.each(['file', 'memory'] as const)('a stream without a size limit, which could fill the %s store', (storage) => {
    const free = defineStream({ name: 'SHOP', subjects: ['shop.>'], storage });
    const small = defineStream({ name: 'SMALL', subjects: ['small.>'], storage, maxBytes: 1024 ** 2 });
    const topology = defineTopology({ streams: [free, small], services: [orders, mail, screen] });
    const prop = storage === 'file' ? 'maxFileStore' : 'memoryStore';
    expect(faults({ topology, storage: '2Gi', memoryStore: '256Mi' })).toEqual([
      expect.stringMatching(
        `nats-stream-unbounded .*maxBytes of stream SHOP is -1, .*set maxBytes, ${prop} has \\d+ bytes that no stream reserves`,
      ),
    ]);
  });

  const users = (env: readonly ReturnType<typeof Env.value>[] | readonly ReturnType<typeof Env.secret>[]) =>
    defineTopology({
      streams: [SHOP_STREAM],
      services: [declareService({ name: 'orders', env, publishes: [orderPlaced], jetstream: { provisions: true } })],
    });

  it.each([
    [
      'no password',
      users([]),
      /login-password-missing .* service orders: orders uses the store but declares no NATS_PASSWORD/,
    ],
    ['a literal password', users([Env.value('NATS_PASSWORD', 'x')]), /login-password-literal .*comes from a value/],
    [
      'an optional password',
      users([Env.secret('NATS_PASSWORD', { name: 's', key: 'k', optional: true })]),
      /login-password-optional/,
    ],
  ])('a user with %s', (_, topology, message) => {
    expect(faults({ topology })).toEqual([expect.stringMatching(message)]);
  });

  it('a user that is not named after its service', () => {
    const env = [
      Env.value('NATS_USER', '$(SELF)-x'),
      Env.value('SELF', 'orders'),
      Env.secret('NATS_PASSWORD', { name: 's', key: 'k' }),
    ];
    const service = declareService({ name: 'orders', env, publishes: [orderPlaced], jetstream: { provisions: true } });
    const topology = defineTopology({ streams: [SHOP_STREAM], services: [service] });
    expect(faults({ topology })).toEqual([expect.stringMatching(/NATS_USER is "orders-x".*set it to orders/)]);
  });
});

describe('an external NATS', () => {
  it('makes no object and lists what its administrator has to allow', () => {
    const external = NatsServer.external({
      host: 'nats.example.org',
      topology: shop,
      tls: true,
      cidrs: ['10.0.0.0/8'],
    });
    expect(external).toMatchObject({ url: 'tls://nats.example.org:4222', app: undefined, cidrs: ['10.0.0.0/8'] });
    expect(external.permissions['mail-room']?.publish.allow).toContain('parcel.*');
    expect(external.accountsConfig).toMatch(/^"APP" \{[^]*^"APP-mail-room" \{[^]*password: \$NATS_PASSWORD_MAIL_ROOM/m);
    expect(external.permissionList).toContain('orders publish allow shop.orders.placed\n');
  });

  it('is checked like one of ours', () => {
    const bare = declareService({ name: 'orders', env: [], publishes: [orderPlaced], jetstream: { provisions: true } });
    const topology = defineTopology({ streams: [SHOP_STREAM], services: [bare] });
    const make = () => NatsServer.external({ host: 'nats://user:pw@x', port: 0, cidrs: ['ten'], topology });
    expect(make).toThrow(/external-host/);
    expect(make).toThrow(/external-port/);
    expect(make).toThrow(/external-cidr/);
    expect(make).toThrow(/login-password-missing/);
  });
});
