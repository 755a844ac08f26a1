import { filterCovers } from '#messaging';
import { parseNatsConfig, type NatsMap, type NatsValue } from './nats-config.ts';

/** A user of a NATS server, and what it may publish and subscribe to; `>` stands for everything in its account. */
export interface NatsUser {
  readonly name: string;
  /** Account that it belongs to; undefined where the configuration has none. */
  readonly account: string | undefined;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The users in a nats.conf; none when the text is no such configuration. `files` are those that it may include, by name. */
export function natsUsers(text: string, files: Readonly<Record<string, string>> = {}): readonly NatsUser[] {
  return withImports(text, files, (user, scopes) => imported(user, importsOf(scopes)));
}

/** The same with the subjects of their own accounts alone, without what is imported: much less work. */
export function ownNatsUsers(text: string, files: Readonly<Record<string, string>> = {}): readonly NatsUser[] {
  return withImports(text, files, (user) => user);
}

function withImports(
  text: string,
  files: Readonly<Record<string, string>>,
  through: (user: NatsUser, scopes: Scopes) => NatsUser,
): readonly NatsUser[] {
  const config = parseNatsConfig(text, files);
  if (config === undefined) return [];
  const accounts = mapOf(read([config], 'accounts')) ?? {};
  return [
    ...usersOf([config], mapOf(read([config], 'authorization')), undefined),
    ...Object.entries(accounts).flatMap(([account, value]) => {
      const scopes = [mapOf(value) ?? {}, accounts, config];
      return usersOf(scopes, mapOf(value), account).map((user) => through(user, scopes));
    }),
  ];
}

/** Maps from the inmost to the file itself: a `$NAME` is looked up in them in this order. */
type Scopes = readonly NatsMap[];

function usersOf(outer: Scopes, home: NatsMap | undefined, account: string | undefined): readonly NatsUser[] {
  if (home === undefined) return [];
  const scopes = [home, ...outer];
  const rules = read(scopes, 'default_permissions');
  const users = listOf(read(scopes, 'users')).map((entry) => mapOf(resolved(scopes, entry)));
  return [...users, single(home)].flatMap((user) => {
    const within = [user ?? {}, ...scopes];
    const name = read(within, 'user', 'username', 'nkey');
    if (user === undefined || typeof name !== 'string') return [];
    const permissions = mapOf(read(within, 'permissions') ?? rules);
    const side = (...keys: readonly string[]): readonly string[] => {
      const inside = [permissions ?? {}, ...within];
      return allowed(inside, permissions === undefined ? undefined : read(inside, ...keys));
    };
    return [{ name, account, publish: side('publish', 'pub'), subscribe: side('subscribe', 'sub') }];
  });
}

/** An authorization may name one user without a list. */
function single(home: NatsMap): NatsMap | undefined {
  return home['user'] === undefined && home['username'] === undefined ? undefined : home;
}

/** The first of some keys of the inmost map, with variables resolved. */
function read(scopes: Scopes, ...keys: readonly string[]): NatsValue | undefined {
  const value = keys.map((key) => scopes[0]?.[key]).find((it) => it !== undefined);
  return resolved(scopes, value);
}

/** A value, or what its variable stands for; one that no block defines is of the server's environment. */
function resolved(scopes: Scopes, value: NatsValue | undefined, depth = 0): NatsValue | undefined {
  if (typeof value !== 'string' || !/^\$\w+$/.test(value) || depth > MOST_STEPS) return value;
  const name = value.slice(1).toLowerCase();
  const found = scopes.map((scope) => scope[name]).find((it) => it !== undefined && it !== value);
  return found === undefined ? value : resolved(scopes, found, depth + 1);
}

const MOST_STEPS = 16;

/** Subjects of one side, without the queue group that may follow one. The server takes a missing side, or one with `deny` alone, for leave to do all else. */
function allowed(scopes: Scopes, side: NatsValue | undefined): readonly string[] {
  const map = mapOf(side);
  const allow = map === undefined ? side : read([map, ...scopes], 'allow');
  if (allow !== undefined) return textsOf(scopes, allow).map((text) => text.trim().split(/\s+/)[0] ?? '');
  return map !== undefined && textsOf(scopes, read([map, ...scopes], 'deny')).includes('>') ? [] : ['>'];
}

function textsOf(scopes: Scopes, value: NatsValue | undefined): readonly string[] {
  return listOf(value)
    .map((item) => resolved(scopes, item))
    .flatMap((item) => (typeof item === 'string' ? [item] : listOf(item).filter((it) => typeof it === 'string')));
}

/** What an account takes from another: a subject there, and the one under which its own users know it. */
interface Import {
  readonly kind: 'stream' | 'service';
  readonly subject: string;
  readonly local: string;
}

function importsOf(scopes: Scopes): readonly Import[] {
  return listOf(read(scopes, 'imports')).flatMap((entry): readonly Import[] => {
    const map = mapOf(resolved(scopes, entry));
    for (const kind of ['stream', 'service'] as const) {
      const source = mapOf(map?.[kind]);
      const subject = source?.['subject'];
      if (map === undefined || typeof subject !== 'string') continue;
      const { to, prefix } = map;
      const local = typeof to === 'string' ? to : typeof prefix === 'string' ? `${prefix}.${subject}` : subject;
      return [{ kind, subject, local }];
    }
    return [];
  });
}

/** A user with the subjects of other accounts under their own names: of a stream it hears, of a service it asks. */
function imported(user: NatsUser, imports: readonly Import[]): NatsUser {
  const through = (kind: Import['kind'], own: readonly string[]): readonly string[] => {
    // a permission that is narrower than the import is kept
    const reached = imports.filter((it) => it.kind === kind && own.some((subject) => filterCovers(subject, it.local)));
    const kept = own.filter((subject) => !reached.some((it) => it.local === subject));
    return [...new Set([...kept, ...reached.map(({ subject }) => subject)])];
  };
  return { ...user, publish: through('service', user.publish), subscribe: through('stream', user.subscribe) };
}

function mapOf(value: NatsValue | undefined): NatsMap | undefined {
  return typeof value === 'object' && !Array.isArray(value) ? (value as NatsMap) : undefined;
}

function listOf(value: NatsValue | undefined): readonly NatsValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly NatsValue[]) : [value];
}
