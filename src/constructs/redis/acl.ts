/**
 * The configuration of Redis and its users. A ConfigMap may not hold passwords, so the users' file is made when the pod
 * starts: a shell script reads them from its environment and writes their SHA-256 alone. What a user may do beyond its
 * keys is the same for all: every command on data, scripts and transactions; nothing that reaches other users' keys,
 * scripts or connections.
 */
import type { RedisKeys } from '#messaging';

/** A user of Redis. */
export interface RedisUser {
  readonly name: string;
  /** Environment variable of the script that holds its password. */
  readonly passwordVariable: string;
  readonly keys: RedisKeys;
}

/** What redis.conf is made from. */
export interface RedisConfigProps {
  /** Bytes of data that Redis may hold. */
  readonly maxMemoryBytes: number;
  /** What happens to a write when they are used up. @default 'noeviction' */
  readonly maxMemoryPolicy?: RedisEvictionPolicy;
  /** Port. @default 6379 */
  readonly port?: number;
  /** Folder of the append-only files. @default '/data' */
  readonly dataFolder?: string;
  /** File of the users. @default '/run/redis/users.acl' */
  readonly aclFile?: string;
}

/** Policies of Redis for a full memory. Sessions and limits want `noeviction`: what is evicted there logs somebody out. */
export type RedisEvictionPolicy =
  | 'noeviction'
  | 'allkeys-lru'
  | 'allkeys-lfu'
  | 'allkeys-random'
  | 'volatile-lru'
  | 'volatile-lfu'
  | 'volatile-random'
  | 'volatile-ttl';

/** Port of Redis. */
export const REDIS_PORT = 6379;
/** Folder of the append-only files. */
export const REDIS_DATA_FOLDER = '/data';
/** File that the script writes and Redis reads. */
export const REDIS_ACL_FILE = '/run/redis/users.acl';
/** User without password that may do nothing but `PING`: the probes are it, so no probe knows a password. */
export const REDIS_PROBE_USER = 'probe';
/** User that may do everything, where a password for it is given. */
export const REDIS_ADMIN_USER = 'admin';

/**
 * Commands of a service. `@dangerous` holds KEYS, FLUSHALL, CONFIG and the like; INFO is given back, since clients ask it
 * whether Redis has loaded. SCAN, RANDOMKEY and DBSIZE look at keys of all users, functions and script flushes are shared.
 */
const SERVICE_COMMANDS =
  '+@all -@admin -@dangerous +info -scan -randomkey -dbsize -function -fcall -fcall_ro -script|flush -script|kill';

/** Renders redis.conf. Whether it appends to a file is said on the command line, where a reader looks for it. */
export function redisConfig(props: RedisConfigProps): string {
  return [
    '# made by cdk8s-nats from the declarations of the services; edit those',
    `port ${props.port ?? REDIS_PORT}`,
    `dir ${props.dataFolder ?? REDIS_DATA_FOLDER}`,
    `aclfile ${props.aclFile ?? REDIS_ACL_FILE}`,
    'databases 1',
    'save ""',
    'appendfsync everysec',
    `maxmemory ${props.maxMemoryBytes}`,
    `maxmemory-policy ${props.maxMemoryPolicy ?? 'noeviction'}`,
    'tcp-keepalive 60',
    '',
  ].join('\n');
}

/**
 * Renders the script that writes the users' file: `sh users.sh /run/redis/users.acl`. It runs under dash and busybox,
 * fails on an empty password and names its variable, and puts no password on a command line, into a file or into output.
 */
export function redisAclScript(
  users: readonly RedisUser[],
  options: {
    /** Variable with the password of the user `admin`. @default - no such user */
    readonly adminPasswordVariable?: string;
  } = {},
): string {
  const admin = options.adminPasswordVariable;
  return [
    '# made by cdk8s-nats from the declarations of the services; edit those',
    'set -eu',
    'umask 077',
    'file=$1',
    '',
    '# printf is a builtin of the shell: the password stands in no list of processes',
    'hash_of() {',
    '  eval "password=\\${$1-}"',
    '  if [ -z "$password" ]; then',
    '    echo "$1 is empty: every user of Redis needs a password" >&2',
    '    exit 1',
    '  fi',
    `  printf '%s' "$password" | sha256sum | cut -d ' ' -f 1`,
    '}',
    '',
    'user() {',
    '  hash=$(hash_of "$2")',
    '  echo "user $1 reset on #$hash $3"',
    '}',
    '',
    '{',
    // off, so that nobody logs in as it, and yet with all rights: Redis reads its append-only file as this user and leaves
    // out, without a word, every transaction that it may not run
    "  echo 'user default reset off ~* &* +@all'",
    `  echo 'user ${REDIS_PROBE_USER} reset on nopass -@all +ping'`,
    ...(admin === undefined ? [] : [`  user ${REDIS_ADMIN_USER} ${admin} '~* &* +@all'`]),
    ...users.map((user) => `  user ${user.name} ${user.passwordVariable} '${rulesOf(user.keys)}'`),
    '} > "$file.new"',
    'mv "$file.new" "$file"',
    '',
  ].join('\n');
}

/** Whether two glob patterns of keys could match one key, judged by what stands before their first wildcard. */
export function keyPatternsOverlap(a: string, b: string): boolean {
  const left = literalStart(a);
  const right = literalStart(b);
  if (left === a && right === b) return a === b;
  if (left === a) return left.startsWith(right);
  if (right === b) return right.startsWith(left);
  return left.startsWith(right) || right.startsWith(left);
}

/** Whether a pattern can stand in a line of the users' file and in the script. */
export function isKeyPattern(pattern: string): boolean {
  return /^[^\s'"\\]+$/.test(pattern);
}

function rulesOf(keys: RedisKeys): string {
  const writes = keys.writes.map((pattern) => `~${pattern}`);
  const reads = (keys.reads ?? []).map((pattern) => `%R~${pattern}`);
  return [...writes, ...reads, SERVICE_COMMANDS].join(' ');
}

function literalStart(pattern: string): string {
  return pattern.split(/[*?[]/, 1)[0] ?? '';
}
