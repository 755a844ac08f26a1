/** Whether the variables of a live container mean what dist says. Others may add to the list; they may not change its sense. */
import { isDeepStrictEqual } from 'node:util';
import { expandContainerEnv, orderFaults } from '#env';
import type { RawEnv } from '#env';

/** A difference between dist and a live container. */
export interface EnvDifference {
  readonly variable: string;
  readonly reason: 'env-missing' | 'env-value' | 'env-order' | 'env-late' | 'env-expansion' | 'env-added';
  readonly message: string;
}

/** Every difference; `env-added` alone does no harm. */
export function envDifferences(wanted: readonly RawEnv[], live: readonly RawEnv[]): readonly EnvDifference[] {
  const entries = [...missingOrOther(wanted, live), ...outOfOrder(wanted, live), ...lateReferences(wanted, live)];
  const told = new Set(entries.map(({ variable }) => variable));
  const expansions = otherExpansions(wanted, live).filter(({ variable }) => !told.has(variable));
  return [...entries, ...expansions, ...added(wanted, live)];
}

function missingOrOther(wanted: readonly RawEnv[], live: readonly RawEnv[]): readonly EnvDifference[] {
  const found = new Map(live.map((entry) => [entry.name, entry]));
  return wanted.flatMap((entry): EnvDifference[] => {
    const other = found.get(entry.name);
    if (other === undefined) {
      return [{ variable: entry.name, reason: 'env-missing', message: `${entry.name} is missing` }];
    }
    if ((entry.value ?? '') === (other.value ?? '') && isWithin(entry.valueFrom, other.valueFrom)) return [];
    return [{ variable: entry.name, reason: 'env-value', message: `${entry.name} differs from dist` }];
  });
}

/** The server adds defaults (`fieldRef.apiVersion`), so what is wanted must be within what is there. */
function isWithin(wanted: unknown, live: unknown): boolean {
  if (!isRecord(wanted) || !isRecord(live)) return isDeepStrictEqual(wanted, live);
  return Object.entries(wanted).every(([key, value]) => isWithin(value, live[key]));
}

function outOfOrder(wanted: readonly RawEnv[], live: readonly RawEnv[]): readonly EnvDifference[] {
  const known = new Set(wanted.map(({ name }) => name));
  const order = live.map(({ name }) => name).filter((name) => known.has(name));
  const should = wanted.map(({ name }) => name).filter((name) => order.includes(name));
  const at = should.findIndex((name, index) => order[index] !== name);
  const [expected, found] = [should[at], order[at]];
  if (expected === undefined || found === undefined) return [];
  return [
    {
      variable: found,
      reason: 'env-order',
      message: `the order of env differs from dist: ${found} is at the position of ${expected}`,
    },
  ];
}

function lateReferences(wanted: readonly RawEnv[], live: readonly RawEnv[]): readonly EnvDifference[] {
  const own = new Set(orderFaults(wanted).map(({ message }) => message));
  return orderFaults(live)
    .filter(({ message }) => !own.has(message))
    .map(({ place, message }) => {
      const variable = place.split(' ').at(-1) ?? '';
      return { variable, reason: 'env-late', message: `${variable}: ${message}` };
    });
}

/** The same text may come to mean something else by what stands above it. */
function otherExpansions(wanted: readonly RawEnv[], live: readonly RawEnv[]): readonly EnvDifference[] {
  const [should, is] = [expand(wanted), expand(live)];
  return wanted
    .filter(({ name }) => should[name] !== is[name])
    .map(({ name }) => ({
      variable: name,
      reason: 'env-expansion',
      message: `${name} expands to a different value than in dist`,
    }));
}

function expand(env: readonly RawEnv[]): Readonly<Record<string, string>> {
  return expandContainerEnv({ env, resolve: ({ name }) => `<${name}>` }).values;
}

function added(wanted: readonly RawEnv[], live: readonly RawEnv[]): readonly EnvDifference[] {
  const known = new Set(wanted.map(({ name }) => name));
  return live
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => ({ variable: name, reason: 'env-added', message: `${name} is not in dist` }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
