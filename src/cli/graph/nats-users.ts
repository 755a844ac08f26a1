import { parseNatsConfig, type NatsMap, type NatsValue } from './nats-config.ts';

/** A user of a NATS server, and what it may publish and hear; leave to do anything stands as `>`. */
export interface NatsUser {
  readonly name: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The users in a nats.conf, or in a file of accounts that one includes; none when the text is no such configuration. */
export function natsUsers(text: string): readonly NatsUser[] {
  const config = parseNatsConfig(text);
  if (config === undefined) return [];
  const at = (map: NatsMap | undefined, ...keys: readonly string[]): NatsValue | undefined => {
    const value = keys.map((key) => map?.[key]).find((it) => it !== undefined);
    // a name of the file's own top stands for what it holds
    return typeof value === 'string' && value.startsWith('$') ? (config[value.slice(1).toLowerCase()] ?? value) : value;
  };
  const { accounts, ...others } = config;
  const homes = [...Object.values(others), ...Object.values(mapOf(accounts) ?? {})].map(mapOf);
  return homes.flatMap((home) => {
    const rules = at(home, 'default_permissions');
    return listOf(at(home, 'users')).flatMap((entry) => {
      const user = mapOf(entry);
      const name = at(user, 'user', 'username', 'nkey');
      if (typeof name !== 'string') return [];
      const permissions = mapOf(at(user, 'permissions') ?? rules);
      const side = (...keys: readonly string[]): readonly string[] => allowed(at(permissions, ...keys), at);
      return [{ name, publish: side('publish', 'pub'), subscribe: side('subscribe', 'sub') }];
    });
  });
}

type At = (map: NatsMap | undefined, ...keys: readonly string[]) => NatsValue | undefined;

/** Subjects of one side. The server takes a missing side, or one with `deny` alone, for leave to do all else. */
function allowed(side: NatsValue | undefined, at: At): readonly string[] {
  const map = mapOf(side);
  const allow = map === undefined ? side : at(map, 'allow');
  if (allow !== undefined) return listOf(allow).flatMap((subject) => (typeof subject === 'string' ? [subject] : []));
  const denied = listOf(at(map, 'deny'));
  return denied.includes('>') ? [] : ['>'];
}

function mapOf(value: NatsValue | undefined): NatsMap | undefined {
  return typeof value === 'object' && !Array.isArray(value) ? (value as NatsMap) : undefined;
}

function listOf(value: NatsValue | undefined): readonly NatsValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly NatsValue[]) : [value];
}
