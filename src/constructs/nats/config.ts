/**
 * The text of nats.conf, from data alone. It runs on nats-server 2.9.10 and on 2.12 and newer. Passwords stand in it as
 * `$NAME` of the server's environment, which the server reads as configuration: the variables hold them within quotes.
 * `$SERVER_NAME` must be in the environment too. Each account may stand in a file of its own that nats.conf includes.
 */
import type { AccountExport, AccountImport, NatsAccount, ResponsePermission } from '#messaging';

/** What a user may publish and subscribe to; an empty `allow` means nothing. */
export interface NatsUserPermissions {
  /** What it may publish. */
  readonly publish: SubjectRules;
  /** What it may subscribe to. */
  readonly subscribe: SubjectRules;
  /** Leave to reply to what was received. @default - none */
  readonly responses?: ResponsePermission;
}

/** Subjects that are allowed, and among them those that are not. */
export interface SubjectRules {
  /** Subjects that are allowed; wildcards as NATS has them. */
  readonly allow: readonly string[];
  /** Subjects that are not, although `allow` has them. */
  readonly deny: readonly string[];
}

/** A user of an account. */
export interface NatsUser {
  /** Name that it logs in with. */
  readonly name: string;
  /** Environment variable of the server that holds its password, within quotes. */
  readonly passwordVariable: string;
  /** Its permissions. */
  readonly permissions: NatsUserPermissions;
}

/** An account with the users that log in to it. */
export interface NatsAccountConfig extends Omit<NatsAccount, 'user'> {
  /** Users that log in to it. */
  readonly users: readonly NatsUser[];
}

/** The servers of a cluster, each of which lists all. */
export interface NatsCluster {
  /** Name of the cluster, the same in every server. */
  readonly name: string;
  /** Port of the routes. */
  readonly port: number;
  /**
   * Every server's route: `host:port`; or, where routes have a password, the variable that holds the whole URL with it,
   * since the server replaces no variable inside a text.
   */
  readonly routes: readonly string[];
  /** Variable with the password of the routes' user `route`. @default - a server joins without a password */
  readonly passwordVariable?: string;
  /** Folder with tls.crt, tls.key and ca.crt for mutual TLS on the routes. @default - no TLS on them */
  readonly tlsFolder?: string;
}

/** What nats.conf is made from. */
export interface NatsConfigProps {
  /** The hub that owns all streams, and the accounts of the services; without SYS. */
  readonly accounts: readonly NatsAccountConfig[];
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
/** User by which the servers of a cluster let each other in. */
export const NATS_ROUTE_USER = 'route';
/** File that holds the server's process id, where the reloader and the preStop hook look for it. */
export const NATS_PID_FILE = '/var/run/nats/nats.pid';
/** Folder of the JetStream file store. */
export const NATS_STORE_FOLDER = '/data';

/** Seconds in which a server that leaves spreads the disconnects of its clients; the server allows no less than 30. */
export const LAME_DUCK_SECONDS = 30;
const LAME_DUCK_GRACE_SECONDS = 10;

/** Name of the file that the server is started with. */
export const NATS_CONFIG_FILE = 'nats.conf';

/** Renders nats.conf in one text. */
export function natsConfig(props: NatsConfigProps): string {
  return configText(props, props.accounts.flatMap(accountBlock));
}

/** Renders nats.conf and the files that it includes, one an account: all lie in one folder. */
export function natsConfigFiles(props: NatsConfigProps): Readonly<Record<string, string>> {
  const files = props.accounts.map((account) => [`${account.name}.conf`, linesText(accountBlock(account))] as const);
  const includes = files.map(([file]) => `include ${quoted(file)}`);
  return { [NATS_CONFIG_FILE]: configText(props, includes), ...Object.fromEntries(files) };
}

/** Renders accounts alone, as an administrator puts them into the map `accounts` of a server's own nats.conf. */
export function natsAccountsConfig(accounts: readonly NatsAccountConfig[]): string {
  return linesText(accounts.flatMap(accountBlock));
}

function configText(props: NatsConfigProps, accounts: readonly string[]): string {
  return linesText([
    '# generated by cdk8s-nats from the service declarations; edit those instead',
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
    'accounts {',
    ...indented([systemAccount(props.systemPasswordVariable), ...accounts]),
    '}',
    'system_account: SYS',
  ]);
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
    ...indented(routeLines(cluster)),
    ...(cluster.tlsFolder === undefined ? [] : tlsBlock(cluster.tlsFolder, '  ', true)),
    '}',
  ];
}

function routeLines({ routes, passwordVariable }: NatsCluster): string[] {
  if (passwordVariable === undefined)
    return listBlock(
      'routes',
      routes.map((route) => quoted(`nats://${route}`)),
    );
  return [
    `authorization { user: ${NATS_ROUTE_USER}, password: $${passwordVariable}, timeout: 2 }`,
    ...listBlock(
      'routes',
      routes.map((variable) => `$${variable}`),
    ),
  ];
}

function tlsBlock(folder: string, indent: string, mutual: boolean): string[] {
  const lines = ['tls {', `  cert_file: ${quoted(`${folder}/tls.crt`)}`, `  key_file: ${quoted(`${folder}/tls.key`)}`];
  if (mutual) lines.push(`  ca_file: ${quoted(`${folder}/ca.crt`)}`, '  verify: true');
  return [...lines, '}'].map((line) => indent + line);
}

function systemAccount(passwordVariable: string | undefined): string {
  if (passwordVariable === undefined) return 'SYS {}';
  return `SYS { users: [ { user: "sys", password: $${passwordVariable} } ] }`;
}

function accountBlock(account: NatsAccountConfig): string[] {
  return [
    `${quoted(account.name)} {`,
    ...indented([
      ...(account.jetstream ? ['jetstream: enabled'] : []),
      ...listBlock('users', account.users.flatMap(userBlock)),
      ...mapBlock('mappings', account.mappings),
      ...listBlock('exports', account.exports.map(exportLine)),
      ...listBlock('imports', account.imports.map(importLine)),
    ]),
    '}',
  ];
}

function exportLine({ kind, subject, accounts, manyAnswers }: AccountExport): string {
  const answers = manyAnswers ? ', response_type: stream' : '';
  return `{ ${kind}: ${quoted(subject)}, accounts: [${accounts.map(quoted).join(', ')}]${answers} }`;
}

function importLine({ kind, account, subject, to }: AccountImport): string {
  const here = to === undefined ? '' : `, to: ${quoted(to)}`;
  return `{ ${kind}: { account: ${quoted(account)}, subject: ${quoted(subject)} }${here} }`;
}

function userBlock(user: NatsUser): string[] {
  return [
    '{',
    ...indented([
      `user: ${quoted(user.name)}`,
      `password: $${user.passwordVariable}`,
      'permissions: {',
      ...indented([
        ...rulesBlock('publish', user.permissions.publish),
        ...rulesBlock('subscribe', user.permissions.subscribe),
        ...responsesLine(user.permissions.responses),
      ]),
      '}',
    ]),
    '}',
  ];
}

function responsesLine(responses: ResponsePermission | undefined): string[] {
  if (responses === undefined) return [];
  return [`allow_responses: { max: ${responses.max}, expires: "${responses.expiresSeconds}s" }`];
}

/** Both sides are always written out: the server takes an empty or omitted list for leave to do everything. */
function rulesBlock(side: string, rules: SubjectRules): string[] {
  const deny = rules.allow.length === 0 ? ['>'] : rules.deny;
  const lists = [...listBlock('allow', rules.allow.map(quoted)), ...listBlock('deny', deny.map(quoted))];
  return [`${side}: {`, ...indented(lists), '}'];
}

/** A list, one line an entry; nothing when it is empty. */
function listBlock(key: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${key}: [`, ...indented(lines), ']'];
}

/** A map of texts, one line an entry; nothing when it is empty. */
function mapBlock(key: string, map: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(map).map(([from, to]) => `${quoted(from)}: ${quoted(to)}`);
  return lines.length === 0 ? [] : [`${key}: {`, ...indented(lines), '}'];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function linesText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
