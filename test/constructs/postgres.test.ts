import { describe, expect, it } from 'vitest';
import { Postgres, type PostgresProps } from '#constructs';
import { declareService, Env } from '#declare';
import { mail, orders, SHOP_SERVICES } from '#test-support/shop-topology';
import { faultsOf, synthStore } from '#test-support/store-chart';

function synth(props: Partial<PostgresProps> = {}) {
  const made = synthStore(
    (chart) => new Postgres(chart, 'postgres', { services: SHOP_SERVICES, database: 'shop', ...props }),
  );
  const get = (kind: string, name = 'postgres') => made.get(kind, name);
  const pod = get('StatefulSet').spec.template;
  const files = get('ConfigMap', 'postgres-config').data ?? {};
  return { postgres: made.construct, manifests: made.manifests, get, pod, server: pod.spec.containers[0], files };
}

const faults = (props: Partial<PostgresProps>) => faultsOf(() => synth(props));

const using = (name: string, databaseSchema: string, ...env: readonly ReturnType<typeof Env.value>[]) =>
  declareService({ name, env: [Env.secret('DB_PASS', { name: 's', key: name }), ...env], databaseSchema });

const BACKUP = { password: { name: 'shop-secrets', key: 'backup-db' } };

describe('PostgreSQL', () => {
  it('keeps its data below the mount of a volume of its own', () => {
    const { get, server } = synth();
    const { spec } = get('StatefulSet');
    const [claim] = spec.volumeClaimTemplates;
    const mount = server.volumeMounts.find(({ name }: { name: string }) => name === claim.metadata.name);
    const data = server.env.find(({ name }: { name: string }) => name === 'PGDATA');
    expect(data.value.startsWith(`${mount.mountPath}/`)).toBe(true);
    expect(spec).toMatchObject({ replicas: 1, serviceName: 'postgres-headless' });
    expect(server.image).toMatch(/^postgres:\d+\.\d+-alpine$/);
  });

  it('has the priority that it is given, else the default one of the cluster', () => {
    expect(synth().pod.spec.priorityClassName).toBeUndefined();
    expect(synth({ priorityClassName: 'stores' }).pod.spec.priorityClassName).toBe('stores');
  });

  it('makes roles and schemas before each start, with passwords by reference in that step alone', () => {
    const { pod, files, server } = synth();
    const [roles] = pod.spec.initContainers;
    expect(roles.command).toEqual(['sh', '/etc/postgresql/reconcile.sh', '/etc/postgresql']);
    expect(roles.env).toContainEqual({
      name: 'DB_PASS_MAIL_ROOM',
      valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'mail-room-db' } },
    });
    expect(JSON.stringify(server.env)).not.toContain('secretKeyRef');
    expect(files['roles.sql']).toContain('ALTER SCHEMA "mail_room" OWNER TO "mail-room";');
    expect(files['roles.sql']).not.toContain('screen');
  });

  it('bounds the connections of a role by its pool and the pods that may run at once', () => {
    const { postgres, files } = synth({ instancesPerService: 3 });
    expect(postgres.roles.map(({ connectionLimit }) => connectionLimit)).toEqual([3 * (4 + 2), 3 * (10 + 2)]);
    expect(files['postgresql.conf']).toContain(`max_connections = ${18 + 36 + 10}`);
    expect(files['postgresql.conf']).toContain(`shared_buffers = '256MB'`);
  });

  it('is probed by pg_isready and stopped at once, in the time that it has', () => {
    const { server, pod } = synth();
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(server[probe].exec.command[0]).toBe('pg_isready');
    }
    const { command } = server.lifecycle.preStop.exec;
    expect(command.slice(0, 4)).toEqual(['pg_ctl', 'stop', '-m', 'fast']);
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(command.at(-1)));
  });

  it('is restricted in every container, with limits and without a token', () => {
    const { pod } = synth();
    expect(pod.spec).toMatchObject({ enableServiceLinks: false, automountServiceAccountToken: false });
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 70, fsGroup: 70 });
    for (const container of [...pod.spec.initContainers, ...pod.spec.containers]) {
      expect(container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.limits).toHaveProperty('memory');
    }
    for (const { emptyDir } of pod.spec.volumes.slice(1)) expect(emptyDir).toHaveProperty('sizeLimit');
  });

  it('is reached by the services that have a schema, and reaches nobody', () => {
    const { spec } = synth().get('NetworkPolicy');
    expect(spec.ingress).toEqual([
      {
        from: ['orders', 'mail-room'].map((app) => ({ podSelector: { matchLabels: { app } } })),
        ports: [{ protocol: 'TCP', port: 5432 }],
      },
    ]);
    expect(spec.policyTypes).toContain('Egress');
    expect(spec).not.toHaveProperty('egress');
  });

  it('rolls when a service comes', () => {
    const one = synth({ services: [orders] }).pod;
    expect(JSON.stringify(synth({ services: [orders, mail] }).pod)).not.toBe(JSON.stringify(one));
  });

  it('lets the superuser in over the socket, and with a password through a port-forward too', () => {
    expect(synth().files['pg_hba.conf']).toContain('host all postgres all reject');
    expect(synth().files['pg_hba.conf']).not.toContain('127.0.0.1');
    const { files } = synth({ adminPassword: { name: 'shop-secrets', key: 'admin-db' } });
    expect(files['pg_hba.conf']).toContain('host all postgres 127.0.0.1/32 scram-sha-256');
    expect(files['roles.sql']).toContain('\\getenv password DB_ADMIN_PASSWORD');
  });

  it('makes no Job and no CronJob unless backups are asked for', () => {
    expect(
      synth()
        .manifests.map(({ kind }) => kind)
        .sort(),
    ).toEqual(['ConfigMap', 'NetworkPolicy', 'Service', 'Service', 'StatefulSet']);
  });
});

describe('backups', () => {
  it('dump to a volume of their own by a role that only reads', () => {
    const { get, files } = synth({ backup: { ...BACKUP, keep: 3, storage: '9Gi' } });
    const { spec } = get('CronJob', 'postgres-backup');
    expect(spec).toMatchObject({ schedule: '17 3 * * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid' });
    const [container] = spec.jobTemplate.spec.template.spec.containers;
    expect(container.env.at(-1)).toEqual({
      name: 'PGPASSWORD',
      valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'backup-db' } },
    });
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(get('PersistentVolumeClaim', 'postgres-backup').spec.resources.requests.storage).toBe('9Gi');
    expect(get('ConfigMap', 'postgres-backup').data?.['backup.sh']).toContain('tail -n +4');
    expect(files['roles.sql']).toContain('GRANT pg_read_all_data TO "backup";');
  });

  it('reach the server and its name, and the server lets them in', () => {
    const { get } = synth({ backup: BACKUP });
    const { egress, ingress } = get('NetworkPolicy', 'postgres-backup').spec;
    expect(ingress).toBeUndefined();
    expect(egress[0]).toEqual({
      to: [{ podSelector: { matchLabels: { app: 'postgres' } } }],
      ports: [{ protocol: 'TCP', port: 5432 }],
    });
    expect(get('NetworkPolicy').spec.ingress[0].from).toContainEqual({
      podSelector: { matchLabels: { app: 'postgres-backup' } },
    });
  });
});

describe('faults of PostgreSQL', () => {
  it('come all at once, each with the construct path', () => {
    const found = faults({ database: 'my shop', image: 'postgres', storage: '', services: [using('a', 'Public')] });
    expect(found.map((fault) => fault.split(':')[0])).toEqual([
      'image-reference infrastructure/postgres',
      'postgres-database-name infrastructure/postgres',
      'quantity infrastructure/postgres',
      'postgres-schema-name infrastructure/postgres service a',
    ]);
  });

  it.each<[string, Partial<PostgresProps>, RegExp]>([
    ['an image that moves', { image: 'postgres:latest' }, /latest is a moving tag/],
    ['a database with another’s name', { database: 'postgres', services: [] }, /database is "postgres"/],
    ['a quantity that is none', { storage: '5 Gi' }, /storage is "5 Gi"/],
    ['no pod at once', { instancesPerService: 0 }, /instancesPerService is 0/],
    ['no dump to keep', { backup: { ...BACKUP, keep: 0 } }, /backup.keep is 0/],
    ['a word for a schedule', { backup: { ...BACKUP, schedule: 'daily' } }, /: the schedule daily has 1 fields/],
    [
      'a service without password',
      { services: [declareService({ name: 'a', env: [], databaseSchema: 'a' })] },
      /a uses the store but declares no DB_PASS/,
    ],
    ['two owners of a schema', { services: [using('a', 'x'), using('b', 'x')] }, /a and b both have the schema x/],
    ['a schema of PostgreSQL', { services: [using('a', 'pg_a')] }, /databaseSchema is "pg_a"/],
    ['a service named like a role of PostgreSQL', { services: [using('backup', 'b')] }, /rename the service/],
    [
      'a role that is not named after its service',
      { services: [using('a', 'a', Env.value('DB_USER', 'b'))] },
      /DB_USER is "b"/,
    ],
    [
      'a schema that the service does not know',
      { services: [using('a', 'a', Env.value('DB_SCHEMA', 'b'))] },
      /DB_SCHEMA is "b", but the store has a/,
    ],
    [
      'a database that the service does not know',
      { services: [using('a', 'a', Env.value('DB_NAME', 'other'))] },
      /DB_NAME is "other", but the store has shop/,
    ],
  ])('%s', (_, props, message) => {
    expect(faults(props)).toEqual([expect.stringMatching(message)]);
  });
});

describe('an external PostgreSQL', () => {
  it('makes no object and lists the roles it must have', () => {
    const external = Postgres.external({
      host: '10.1.2.3',
      services: SHOP_SERVICES,
      database: 'shop',
      cidrs: ['10.1.2.3/32'],
    });
    expect(external).toMatchObject({ host: '10.1.2.3', port: 5432, app: undefined, cidrs: ['10.1.2.3/32'] });
    expect(external.roles).toEqual({
      orders: { schema: 'orders', connectionLimit: 12 },
      'mail-room': { schema: 'mail_room', connectionLimit: 24 },
    });
  });

  it('is checked like one of ours', () => {
    const services = [using('a', 'x'), using('b', 'x')];
    const found = faultsOf(() => Postgres.external({ host: 'db:5432', services, database: 'A' }));
    expect(found.map((fault) => fault.split(' ')[0])).toEqual([
      'external-host',
      'postgres-database-name',
      'postgres-two-owners',
    ]);
  });
});
