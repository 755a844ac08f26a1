import { declarations } from './store/declaration-shapes.ts';
import { assertProps, group, type PropShapes, required, whole } from '#prop-shapes';
import { Chart, type ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { assertNoFaults } from '#env';
import { bytesOf } from '#manifests';
import { kubeObject } from './object/kube-objects.ts';
import { backupName, PostgresBackupJob } from './postgres-backup.ts';
import {
  POSTGRES_FILES,
  POSTGRES_PORT,
  postgresAccess,
  postgresConfig,
  postgresReconcileScript,
} from './postgres/config.ts';
import { externalPostgres, type ExternalPostgres, type ExternalPostgresProps } from './postgres-external.ts';
import { POSTGRES_DATA_VOLUME, postgresPod } from './postgres/pod.ts';
import { POSTGRES_BACKUP_ROLE, postgresRolesSql } from './postgres/roles.ts';
import { POSTGRES_LOGIN, postgresRolesOf, type PostgresServiceRole } from './postgres/services.ts';
import {
  postgresSettings,
  postgresSettingsFaults,
  type PostgresBackup,
  type PostgresProps,
  type PostgresSettings,
} from './postgres/settings.ts';
import { loginVariable } from './store/service-login.ts';
import { postgresUrl } from './postgres/url.ts';
import { noteDatabase } from './store/databases.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { KEY_REF, RESOURCES } from './object/object-shapes.ts';
import { NETWORK_PEERS } from './store/peer-shapes.ts';
import { podsOf, storePolicy } from './store/policy.ts';
import { clientService, headlessName, headlessService } from './store/services.ts';
import type { StorePodProps } from './store/pod.ts';
import { claimTemplate } from './store/volume.ts';

/**
 * One PostgreSQL on a volume, with a role and a schema for each service that has one. They are made what the declarations
 * say before every start, so that a new service or a rotated password needs no fresh volume.
 * Throws a `DeclarationError` with every fault of its props and of the services' schemas and logins.
 */
export class Postgres extends Construct implements StoreEndpoint {
  /** A PostgreSQL that runs elsewhere: no object, the same checks, and the roles its administrator has to set up. */
  static external(props: ExternalPostgresProps): ExternalPostgres {
    return externalPostgres(props);
  }

  /** Name of its objects and value of its label `app`. */
  readonly app: string;
  /** Host by which clients of any namespace dial it. */
  readonly host: string;
  /** Port. */
  readonly port = POSTGRES_PORT;
  /** Empty: it is known by its label. */
  readonly cidrs: readonly string[] = [];
  /** URL for its services, with their own `$(DB_USER)` and `$(DB_PASS)`: the `databaseUrl` of a service. */
  readonly url: string;
  /** Name of the one database. */
  readonly database: string;
  /** One role a service that has a schema. */
  readonly roles: readonly PostgresServiceRole[];
  /** Its StatefulSet. */
  readonly statefulSet: ApiObject;
  /** The Service for clients. */
  readonly service: ApiObject;
  /** The Service that gives the pod a host name. */
  readonly headlessService: ApiObject;
  /** Holds the configuration, the access rules and the roles. */
  readonly configMap: ApiObject;
  /** The policy of its pods: ingress from its services, callers and backups. */
  readonly networkPolicy: ApiObject;
  /** Undefined when no backups are asked for. */
  readonly backup: PostgresBackupJob | undefined;

  constructor(scope: Construct, id: string, props: PostgresProps) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'Postgres');
    const settings = postgresSettings({ ...props, name: props.name ?? id });
    const { roles, faults } = postgresRolesOf(settings, this.node.path);
    assertNoFaults([...postgresSettingsFaults(settings, this.node.path), ...faults]);

    const { name, backup } = settings;
    const namespace = Chart.of(this).namespace;
    this.app = name;
    this.database = settings.database;
    this.roles = roles;
    this.host = namespace === undefined ? name : `${name}.${namespace}.svc.cluster.local`;

    const { app, host, port, database } = this;
    this.url = postgresUrl({ host, port, database });
    noteDatabase(this, { app, host, port, database, services: roles.map((role) => role.name) });

    const ports = [{ name: 'postgres', port: POSTGRES_PORT }];
    const passwords = passwordsOf(settings, roles);
    const files = configFiles(settings, roles, passwords);
    const configMapName = `${name}-config`;
    this.configMap = kubeObject('ConfigMap', this, 'config', {
      metadata: { name: configMapName, labels: { app: name } },
      data: files,
    });
    this.service = clientService(this, 'service', name, ports);
    this.headlessService = headlessService(this, 'headless', name, ports);
    this.statefulSet = kubeObject('StatefulSet', this, 'statefulset', {
      metadata: { name, labels: { app: name } },
      spec: {
        replicas: 1,
        serviceName: headlessName(name),
        selector: { matchLabels: { app: name } },
        template: postgresPod({ ...settings, configMapName, files, passwords }),
        volumeClaimTemplates: [
          claimTemplate({ name: POSTGRES_DATA_VOLUME, storage: settings.storage, storageClass: settings.storageClass }),
        ],
      },
    });
    this.networkPolicy = storePolicy(this, 'policy', {
      name,
      entries: [
        {
          port: POSTGRES_PORT,
          services: roles.map((role) => role.name),
          from: [...(backup === undefined ? [] : [podsOf(backupName(name))]), ...settings.callers],
        },
      ],
    });
    this.backup =
      backup === undefined
        ? undefined
        : new PostgresBackupJob(this, 'backup', {
            ...backup,
            server: name,
            database: settings.database,
            image: settings.image,
            imagePullSecrets: settings.imagePullSecrets,
            uid: settings.uid,
            storageClass: backup.storageClass,
          });
  }
}

const ADMIN_VARIABLE = 'DB_ADMIN_PASSWORD';
const BACKUP_VARIABLE = loginVariable(POSTGRES_LOGIN.password, POSTGRES_BACKUP_ROLE);
/** Connections for the superuser and for backups. */
const CONNECTIONS_KEPT_FREE = 10;
const BUFFERS_SHARE = 0.25;
const MEBIBYTE = 2 ** 20;

function passwordsOf(settings: PostgresSettings, roles: readonly PostgresServiceRole[]): StorePodProps['passwords'] {
  const { backup, adminPassword } = settings;
  return [
    ...roles.map(({ login }) => login),
    ...(backup === undefined ? [] : [{ variable: BACKUP_VARIABLE, password: backup.password }]),
    ...(adminPassword === undefined ? [] : [{ variable: ADMIN_VARIABLE, password: adminPassword }]),
  ];
}

function configFiles(
  settings: PostgresSettings,
  roles: readonly PostgresServiceRole[],
  passwords: StorePodProps['passwords'],
): Record<string, string> {
  const { database, backup, adminPassword } = settings;
  const memory = bytesOf(settings.resources.limits.memory) ?? 0;
  return {
    [POSTGRES_FILES.config]: postgresConfig({
      maxConnections: roles.reduce((sum, role) => sum + role.connectionLimit, CONNECTIONS_KEPT_FREE),
      sharedBuffersMebibytes: Math.floor((memory * BUFFERS_SHARE) / MEBIBYTE),
    }),
    [POSTGRES_FILES.access]: postgresAccess({ database, adminLogin: adminPassword !== undefined }),
    [POSTGRES_FILES.roles]: postgresRolesSql({
      database,
      roles,
      ...(backup === undefined ? {} : { backupPasswordVariable: BACKUP_VARIABLE }),
      ...(adminPassword === undefined ? {} : { adminPasswordVariable: ADMIN_VARIABLE }),
    }),
    [POSTGRES_FILES.reconcile]: postgresReconcileScript(passwords.map(({ variable }) => variable)),
  };
}

const SHAPES = {
  services: required(declarations()),
  database: 'text!',
  name: 'text',
  image: 'text',
  imagePullSecrets: 'texts',
  storage: 'text',
  storageClass: 'text',
  resources: RESOURCES,
  priorityClassName: 'name',
  uid: whole(1),
  instancesPerService: 'finite',
  adminPassword: KEY_REF,
  backup: group<PostgresBackup>({
    password: required(KEY_REF),
    schedule: 'text',
    keep: 'finite',
    storage: 'text',
    storageClass: 'text',
  }),
  callers: NETWORK_PEERS,
} as const satisfies PropShapes<PostgresProps>;
