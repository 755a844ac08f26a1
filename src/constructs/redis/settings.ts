/** Settings of Redis, their defaults, and faults in combinations. */
import type { Fault, KeyRef } from '#env';
import type { ServiceDeclaration } from '#messaging';
import { bytesOf } from '#manifests';
import { resourceFaults } from '../microservice/resources.ts';
import type { ContainerResources } from '../object/container-resources.ts';
import { imageReferenceProblem } from '../object/image-reference.ts';
import { withDefaults } from '../object/prop-defaults.ts';
import { shareOf } from '../object/quantity.ts';
import type { NetworkPeer } from '../store/policy.ts';
import type { RedisEvictionPolicy } from './acl.ts';

/** Default image. */
export const REDIS_IMAGE = 'redis:7.4.6-alpine';

/** Settings of Redis. */
export interface RedisProps {
  /** Services; each with `redisKeys` gets a user. */
  readonly services: readonly ServiceDeclaration[];
  /** Name of its objects, its label `app` and its host. @default - the id of the construct */
  readonly name?: string;
  /** Image by digest or exact tag, of the 7-alpine family. @default {@link REDIS_IMAGE} */
  readonly image?: string;
  /** Names of the Secrets to pull images with. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** Size of its volume at /data; a claim template cannot be changed later. @default '1Gi' */
  readonly storage?: string;
  /** Storage class of the volume. @default - the cluster's default class */
  readonly storageClass?: string;
  /**
   * Size limit of its data; must be below the memory limit.
   * @default - 60 % of the memory limit, the rest is for rewriting the append-only file
   */
  readonly maxMemory?: string;
  /** What happens to a write when `maxMemory` is reached. @default 'noeviction' */
  readonly maxMemoryPolicy?: RedisEvictionPolicy;
  /** @default - requests 50m and 64Mi, limits 250m and 256Mi */
  readonly resources?: ContainerResources;
  /** Numeric user of its containers. @default 999 */
  readonly uid?: number;
  /**
   * PriorityClass of its pods. With one above that of its clients, they make room for it on a full node.
   * @default - the default priority of the cluster
   */
  readonly priorityClassName?: string;
  /** Password of the user `admin`, who may do everything. @default - no such user */
  readonly adminPassword?: KeyRef;
  /**
   * Who else may connect: pods of another repository, by `namespaceLabels` those of other namespaces, or addresses.
   * Services of this app are let in from any namespace.
   * @default []
   */
  readonly callers?: readonly NetworkPeer[];
}

/** Props with every default filled in. */
export type RedisSettings = ReturnType<typeof redisSettings>;

const DEFAULTS = {
  callers: [] as readonly NetworkPeer[],
  name: 'redis',
  image: REDIS_IMAGE,
  imagePullSecrets: [] as readonly string[],
  storage: '1Gi',
  maxMemoryPolicy: 'noeviction' as RedisEvictionPolicy,
  resources: {
    requests: { cpu: '50m', memory: '64Mi' },
    limits: { cpu: '250m', memory: '256Mi' },
  } as ContainerResources,
  uid: 999,
};
const DATA_SHARE = 0.6;

/** Fills the defaults in. */
export function redisSettings(props: RedisProps) {
  const limit = (props.resources ?? DEFAULTS.resources).limits.memory;
  return withDefaults(props, { ...DEFAULTS, maxMemory: shareOf(limit, DATA_SHARE) });
}

/** What is wrong with the settings. */
export function redisSettingsFaults(settings: RedisSettings, place: string): Fault[] {
  const faults: Fault[] = [];
  const problem = imageReferenceProblem(settings.image);
  if (problem !== undefined) faults.push({ rule: 'image-reference', place, message: problem });
  const limit = settings.resources.limits.memory;
  faults.push(...resourceFaults(settings.resources, place));
  const quantities = { storage: settings.storage, maxMemory: settings.maxMemory };
  for (const [name, text] of Object.entries(quantities)) {
    if (bytesOf(text) !== undefined) continue;
    const message = `${name} is ${JSON.stringify(text)}, must be a quantity of bytes such as 512Mi or 2Gi`;
    faults.push({ rule: 'quantity', place, message });
  }
  if ((bytesOf(settings.maxMemory) ?? Number.NaN) >= (bytesOf(limit) ?? Number.NaN)) {
    const message = `maxMemory is ${settings.maxMemory} and the memory limit ${limit}, so Redis would be killed before it is full: lower maxMemory, or raise resources.limits.memory`;
    faults.push({ rule: 'redis-max-memory', place, message });
  }
  return faults;
}
