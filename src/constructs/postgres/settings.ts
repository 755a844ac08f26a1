/** Settings of PostgreSQL, their defaults, and faults in combinations. */
import type { Fault, KeyRef } from '#env';
import type { ServiceDeclaration } from '#messaging';
import { bytesOf, scheduleProblem } from '#manifests';
import { resourceFaults } from '../microservice/resources.ts';
import type { ContainerResources } from '../object/container-resources.ts';
import { imageReferenceProblem } from '../object/image-reference.ts';
import { withDefaults } from '../object/prop-defaults.ts';
import type { NetworkPeer } from '../store/policy.ts';

/** Default image. */
export const POSTGRES_IMAGE = 'postgres:17.6-alpine';

/** Backups by a CronJob to their own volume. */
export interface PostgresBackup {
  /** Password of the role `backup`, which can read everything. */
  readonly password: KeyRef;
  /** Cron schedule, in UTC. @default '17 3 * * *' */
  readonly schedule?: string;
  /** Number of dumps to keep; older ones are removed when a new one is complete. @default 7 */
  readonly keep?: number;
  /** Size of the volume. @default '5Gi' */
  readonly storage?: string;
  /** Storage class of the volume. @default - the cluster's default class */
  readonly storageClass?: string;
}

/** Settings of PostgreSQL. */
export interface PostgresProps {
  /** Services; each with a `databaseSchema` gets a role and that schema. */
  readonly services: readonly ServiceDeclaration[];
  /** Name of the database. */
  readonly database: string;
  /** Name of its objects, its label `app` and its host. @default - the id of the construct */
  readonly name?: string;
  /** Image by digest or exact tag. @default {@link POSTGRES_IMAGE} */
  readonly image?: string;
  /** Names of the Secrets to pull images with. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** Size of its volume; a claim template cannot be changed later. @default '5Gi' */
  readonly storage?: string;
  /** Storage class of the volume. @default - the cluster's default class */
  readonly storageClass?: string;
  /** @default - requests 100m and 256Mi, limits 1 and 1Gi; a quarter of the limit becomes shared buffers */
  readonly resources?: ContainerResources;
  /**
   * PriorityClass of its pods. With one above that of its clients, they make room for it on a full node.
   * @default - the default priority of the cluster
   */
  readonly priorityClassName?: string;
  /** Numeric user of its containers; the image must know it by name. @default 70, which is `postgres` in the alpine images (999 in Debian's) */
  readonly uid?: number;
  /** Maximum number of pods per service, which limits the connections of its role. @default 2, an old and a new one */
  readonly instancesPerService?: number;
  /** Password of the superuser, for a port-forward. @default - none, login only over the socket */
  readonly adminPassword?: KeyRef;
  /**
   * Who else may connect: pods of another repository, by `namespaceLabels` those of other namespaces, or addresses.
   * Services of this app are let in from any namespace.
   * @default []
   */
  readonly callers?: readonly NetworkPeer[];
  /** @default - no backups */
  readonly backup?: PostgresBackup;
}

/** Props with every default filled in. */
export type PostgresSettings = ReturnType<typeof postgresSettings>;

const DEFAULTS = {
  callers: [] as readonly NetworkPeer[],
  name: 'postgres',
  image: POSTGRES_IMAGE,
  imagePullSecrets: [] as readonly string[],
  storage: '5Gi',
  resources: {
    requests: { cpu: '100m', memory: '256Mi' },
    limits: { cpu: '1', memory: '1Gi' },
  } as ContainerResources,
  uid: 70,
  instancesPerService: 2,
};
const BACKUP_DEFAULTS = { schedule: '17 3 * * *', keep: 7, storage: '5Gi' };

/** Fills the defaults in. */
export function postgresSettings(props: PostgresProps) {
  const backup = props.backup === undefined ? undefined : withDefaults(props.backup, BACKUP_DEFAULTS);
  return { ...withDefaults(props, DEFAULTS), backup };
}

/** What is wrong with the settings. */
export function postgresSettingsFaults(settings: PostgresSettings, place: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (rule: string, message: string): number => faults.push({ rule, place, message });
  const problem = imageReferenceProblem(settings.image);
  if (problem !== undefined) fault('image-reference', problem);
  if (!isDatabaseName(settings.database)) fault('postgres-database-name', databaseNameMessage(settings.database));
  if (!Number.isInteger(settings.instancesPerService) || settings.instancesPerService < 1) {
    fault('postgres-instances', `instancesPerService is ${settings.instancesPerService}, must be a positive integer`);
  }
  const { backup } = settings;
  faults.push(...resourceFaults(settings.resources, place));
  const quantities = {
    storage: settings.storage,
    ...(backup === undefined ? {} : { 'backup.storage': backup.storage }),
  };
  for (const [name, text] of Object.entries(quantities)) {
    if (bytesOf(text) !== undefined) continue;
    fault('quantity', `${name} is ${JSON.stringify(text)}, must be a quantity of bytes such as 512Mi or 2Gi`);
  }
  if (backup === undefined) return faults;
  if (!Number.isInteger(backup.keep) || backup.keep < 1) {
    fault('postgres-backup-keep', `backup.keep is ${backup.keep}, must be a positive integer`);
  }
  const wrong = scheduleProblem(backup.schedule);
  if (wrong !== undefined) fault('postgres-backup-schedule', wrong);
  return faults;
}

/** Whether a database can be named so without quoting. */
export function isDatabaseName(database: string): boolean {
  return /^[a-z_][a-z0-9_]{0,62}$/.test(database) && !['postgres', 'template0', 'template1'].includes(database);
}

/** The message for an invalid name. */
export function databaseNameMessage(database: string): string {
  return `database is ${JSON.stringify(database)}, must be lower-case letters, digits and _, at most 63, and not a built-in database of PostgreSQL`;
}
