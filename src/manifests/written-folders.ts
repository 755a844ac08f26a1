/** Where well-known programs write, so that a root which cannot be written does not stop them at their start. */

import { programOf } from './image.ts';

/** A folder that must be writable; one of several is enough. */
export interface WrittenFolder {
  readonly anyOf: readonly string[];
  /** Who writes there, as a subject: `postgres`. */
  readonly why: string;
}

/** What is known of a container. */
export interface ContainerFacts {
  readonly image: string;
  /** Its `command`; empty when the image's own program runs. */
  readonly command: readonly string[];
  /** Names of its variables. */
  readonly variables: readonly string[];
  /** Its environment; what comes by reference is absent. Asked for where a variable may name a folder. */
  readonly env: () => Readonly<Record<string, string>>;
  /** Texts of the ConfigMaps that are mounted. Asked for where the program has one. */
  readonly configuration: () => readonly string[];
}

/** By the last part of the image's name, the folders that its program writes to as it comes. */
const BY_IMAGE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  postgres: [['/var/lib/postgresql'], ['/var/run/postgresql', '/run/postgresql']],
  redis: [['/data']],
  valkey: [['/data']],
  nginx: [['/var/cache/nginx'], ['/var/run', '/run']],
  'nginx-unprivileged': [['/tmp']],
  httpd: [['/usr/local/apache2/logs']],
  mysql: [['/var/lib/mysql'], ['/var/run/mysqld', '/run/mysqld'], ['/tmp']],
  mariadb: [['/var/lib/mysql'], ['/run/mysqld', '/var/run/mysqld'], ['/tmp']],
  mongo: [['/data/db'], ['/tmp']],
  rabbitmq: [['/var/lib/rabbitmq']],
  grafana: [['/var/lib/grafana']],
  prometheus: [['/prometheus']],
};
/** Names of the program itself, where it is not called as its image. */
const EXECUTABLES: Readonly<Record<string, readonly string[]>> = {
  redis: ['redis-server'],
  valkey: ['valkey-server'],
  'nginx-unprivileged': ['nginx'],
  mysql: ['mysqld'],
  mariadb: ['mariadbd', 'mysqld'],
  mongo: ['mongod'],
  rabbitmq: ['rabbitmq-server'],
  nats: ['nats-server'],
};
const DATA_VARIABLES: Readonly<Record<string, string>> = { postgres: 'PGDATA' };
/** Variables whose value is by their name a folder to write to. */
const FOLDER_VARIABLE = /^(TMPDIR|(.*_)?(UPLOAD|WORK|CACHE|TMP|TEMP|SPOOL|STATE|LOG)_(DIR|ROOT|FOLDER))$/;
/** Settings of nats.conf that name what the server writes. */
const NATS_SETTING = /^\s*(store_dir|pid_file|log_file)\s*[:=]?\s*"?([^"\s]+)"?\s*$/gm;

/** Programs that write nowhere but where their configuration says. */
const CONFIGURED: ReadonlySet<string> = new Set(['nats', 'nats-server-config-reloader', 'nats-box']);

/** Whether it is known where the program of an image writes. */
export function isKnownProgram(image: string): boolean {
  return CONFIGURED.has(programOf(image)) || Object.hasOwn(BY_IMAGE, programOf(image));
}

/** The folders that a container writes to, as far as its image, environment and configuration tell. */
export function writtenFolders(facts: ContainerFacts): readonly WrittenFolder[] {
  const { image, command, variables } = facts;
  const program = runs(programOf(image), command) ? programOf(image) : '';
  const dataVariable = DATA_VARIABLES[program];
  const folderVariables = [...new Set(variables.filter((name) => FOLDER_VARIABLE.test(name)))];
  const env = dataVariable === undefined && folderVariables.length === 0 ? {} : facts.env();
  const data = env[dataVariable ?? ''];
  const known = (BY_IMAGE[program] ?? []).map((folders, index) => ({
    anyOf: index === 0 && data !== undefined ? [data] : folders,
    why: program,
  }));
  const named = folderVariables.flatMap((name) => {
    const value = env[name];
    return value?.startsWith('/') === true ? [{ anyOf: [value], why: name }] : [];
  });
  return [...known, ...named, ...(program === 'nats' ? facts.configuration().flatMap(natsFolders) : [])];
}

function natsFolders(text: string): WrittenFolder[] {
  return [...text.matchAll(NATS_SETTING)].flatMap(([, setting = '', path = '']) => {
    if (!path.startsWith('/')) return [];
    const folder = setting === 'store_dir' ? path : path.slice(0, path.lastIndexOf('/'));
    return [{ anyOf: [folder], why: `${setting} of nats` }];
  });
}

/** Whether it is the image's own program that is started, and not a tool or script that the image holds besides. */
function runs(program: string, [executable]: readonly string[]): boolean {
  if (executable === undefined) return true;
  const name = executable.split('/').at(-1) ?? '';
  return [program, 'docker-entrypoint.sh', ...(EXECUTABLES[program] ?? [])].includes(name);
}
