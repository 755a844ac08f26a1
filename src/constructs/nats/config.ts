/**
 * The text of nats.conf, from data alone. It runs on nats-server 2.9.10 and on 2.12 and newer. Passwords stand in it as
 * `$NAME` of the server's environment, which the server reads as configuration: they start with a letter and hold
 * `[A-Za-z0-9_-]` only. `$SERVER_NAME` must be in the environment too.
 */

/** What a user may publish and subscribe to; an empty `allow` means nothing. */
export interface NatsUserPermissions {
  readonly publish: SubjectRules;
  readonly subscribe: SubjectRules;
}

/** Subjects that are allowed, and among them those that are not. */
export interface SubjectRules {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** A user of the account APP. */
export interface NatsUser {
  readonly name: string;
  /** Environment variable of the server that holds its password. */
  readonly passwordVariable: string;
  readonly permissions: NatsUserPermissions;
}

/** The servers of a cluster, each of which lists all. */
export interface NatsCluster {
  readonly name: string;
  /** Port of the routes. */
  readonly port: number;
  /** `host:port` of every server's route. */
  readonly routes: readonly string[];
  /** Folder with tls.crt, tls.key and ca.crt for mutual TLS on the routes. @default - no TLS on them */
  readonly tlsFolder?: string;
}

/** What nats.conf is made from. */
export interface NatsConfigProps {
  /** Users of the account APP, in which all streams are. */
  readonly users: readonly NatsUser[];
  /** Bytes that JetStream may keep on disk. */
  readonly maxFileStoreBytes: number;
  /** Bytes that JetStream may keep in memory. */
  readonly maxMemoryStoreBytes: number;
  /** Client port. @default 4222 */
  readonly port?: number;
  /** Port of the monitoring pages and of /healthz. @default 8222 */
  readonly monitorPort?: number;
  /** Folder of the file store. @default '/data' */
  readonly storeFolder?: string;
  /** File that the server writes its process id to. @default '/var/run/nats/nats.pid' */
  readonly pidFile?: string;
  /** Variable with the password of the user `sys` of the account SYS. @default - nobody logs in to SYS */
  readonly systemPasswordVariable?: string;
  /** Folder with tls.crt and tls.key for clients. @default - no TLS */
  readonly tlsFolder?: string;
  /** The cluster that the server is part of. @default - it stands alone */
  readonly cluster?: NatsCluster;
}

/** Client port of NATS. */
export const NATS_PORT = 4222;
/** Port of the routes between servers. */
export const NATS_ROUTE_PORT = 6222;
/** Port of the monitoring pages. */
export const NATS_MONITOR_PORT = 8222;
/** File that holds the server's process id, where the reloader and the preStop hook look for it. */
export const NATS_PID_FILE = '/var/run/nats/nats.pid';
/** Folder of the JetStream file store. */
export const NATS_STORE_FOLDER = '/data';

/** Seconds in which a server that leaves spreads the disconnects of its clients; the server allows no less than 30. */
export const LAME_DUCK_SECONDS = 30;
const LAME_DUCK_GRACE_SECONDS = 10;

/** Renders nats.conf. */
export function natsConfig(props: NatsConfigProps): string {
  return [
    '# made by cdk8s-nats from the declarations of the services; edit those',
    'server_name: $SERVER_NAME',
    `port: ${props.port ?? NATS_PORT}`,
    `http_port: ${props.monitorPort ?? NATS_MONITOR_PORT}`,
    `pid_file: ${quoted(props.pidFile ?? NATS_PID_FILE)}`,
    `lame_duck_grace_period: "${LAME_DUCK_GRACE_SECONDS}s"`,
    `lame_duck_duration: "${LAME_DUCK_SECONDS}s"`,
    ...(props.tlsFolder === undefined ? [] : tlsBlock(props.tlsFolder, '', false)),
    '',
    natsStartupConfig(props),
    '',
    ...accountsBlock(props),
    '',
  ].join('\n');
}

/** The part of nats.conf that a reload refuses to change: a change of it must restart the server. */
export function natsStartupConfig(props: NatsConfigProps): string {
  return [
    'jetstream {',
    `  store_dir: ${quoted(props.storeFolder ?? NATS_STORE_FOLDER)}`,
    `  max_memory_store: ${props.maxMemoryStoreBytes}`,
    `  max_file_store: ${props.maxFileStoreBytes}`,
    '}',
    ...(props.cluster === undefined ? [] : ['', ...clusterBlock(props.cluster)]),
  ].join('\n');
}

function clusterBlock(cluster: NatsCluster): string[] {
  return [
    'cluster {',
    `  name: ${quoted(cluster.name)}`,
    `  port: ${cluster.port}`,
    '  no_advertise: true',
    '  routes: [',
    ...cluster.routes.map((route) => `    "nats://${route}"`),
    '  ]',
    ...(cluster.tlsFolder === undefined ? [] : tlsBlock(cluster.tlsFolder, '  ', true)),
    '}',
  ];
}

function tlsBlock(folder: string, indent: string, mutual: boolean): string[] {
  const lines = ['tls {', `  cert_file: ${quoted(`${folder}/tls.crt`)}`, `  key_file: ${quoted(`${folder}/tls.key`)}`];
  if (mutual) lines.push(`  ca_file: ${quoted(`${folder}/ca.crt`)}`, '  verify: true');
  return [...lines, '}'].map((line) => indent + line);
}

function accountsBlock(props: NatsConfigProps): string[] {
  const system =
    props.systemPasswordVariable === undefined
      ? ['  SYS {}']
      : ['  SYS {', `    users: [ { user: "sys", password: $${props.systemPasswordVariable} } ]`, '  }'];
  return [
    'accounts {',
    ...system,
    '  APP {',
    '    jetstream: enabled',
    '    users: [',
    ...props.users.flatMap(userBlock),
    '    ]',
    '  }',
    '}',
    'system_account: SYS',
  ];
}

function userBlock(user: NatsUser): string[] {
  return [
    '      {',
    `        user: ${quoted(user.name)}`,
    `        password: $${user.passwordVariable}`,
    '        permissions: {',
    ...rulesBlock('publish', user.permissions.publish),
    ...rulesBlock('subscribe', user.permissions.subscribe),
    '        }',
    '      }',
  ];
}

/** Both sides are always written out: the server takes an empty or omitted list for leave to do everything. */
function rulesBlock(side: string, rules: SubjectRules): string[] {
  const deny = rules.allow.length === 0 ? ['>'] : rules.deny;
  return [`          ${side}: {`, ...subjectList('allow', rules.allow), ...subjectList('deny', deny), '          }'];
}

function subjectList(key: string, subjects: readonly string[]): string[] {
  if (subjects.length === 0) return [];
  return [`            ${key}: [`, ...subjects.map((subject) => `              ${quoted(subject)}`), '            ]'];
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
