/** Variables as callers give them: declared with `Env`, or in Kubernetes' own form `{ name, value }` or `{ name, valueFrom }`. */
import type { EnvEntry } from './entry.ts';
import type { EnvFrom } from './env-from.ts';
import type { Fault } from './fault.ts';
import { nearestName } from './nearest.ts';
import { isMap, written } from './prop-shapes.ts';
import { Env, type EnvVariable, type KeyRef, type ResourceName } from './variable.ts';

/** The declared variables of a list, and what is wrong with its other entries. */
export function givenVariables(
  list: readonly (EnvVariable | EnvEntry)[],
  place: string,
): { readonly variables: readonly EnvVariable[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const variables = (list as readonly unknown[]).flatMap((entry, index) => {
    const made = variableOf(entry);
    if (typeof made !== 'string') return [made];
    const name = isMap(entry) && typeof entry['name'] === 'string' ? entry['name'] : `env[${index}]`;
    faults.push({ rule: 'env-entry', place: `${place} env ${name}`.trimStart(), message: made });
    return [];
  });
  return { variables, faults };
}

/** Sources of `envFrom` of a kind that there is not. */
export function envFromFaults(sources: readonly EnvFrom[], place: string): readonly Fault[] {
  const kinds: readonly string[] = ['secret', 'configMap'];
  return sources.flatMap(({ kind, name }, index): readonly Fault[] => {
    const problem = !kinds.includes(kind)
      ? `kind is ${written('', kind)}, must be secret or configMap: ${hintAt(kind, kinds)}`
      : typeof name !== 'string' || name === ''
        ? `name is ${written('', name)}, must be the name of the ${kind === 'secret' ? 'Secret' : 'ConfigMap'}: set it`
        : undefined;
    return problem === undefined ? [] : [{ rule: 'env-from', place: `${place} envFrom[${index}]`, message: problem }];
  });
}

function hintAt(kind: unknown, kinds: readonly string[]): string {
  const near = typeof kind === 'string' ? nearestName(kind.replace(/Ref$/, ''), kinds) : undefined;
  return near === undefined ? "set kind: 'secret'" : `did you mean ${near}`;
}

/** The variable of an entry, or what is wrong with it. */
function variableOf(entry: unknown): EnvVariable | string {
  if (!isMap(entry)) {
    return `it is ${written('', entry)}, must be a variable: use Env.value, Env.secret and the like, or { name, value }`;
  }
  if (typeof entry['parse'] === 'function' && isMap(entry['source'])) return entry as unknown as EnvVariable;
  const { name, value, valueFrom, ...rest } = entry;
  const [strange] = Object.keys(rest);
  if (typeof name !== 'string' || name === '') return `name is ${written('', name)}, must be a string: set it`;
  if (strange !== undefined) {
    return `it has ${strange}, but a variable has name and value or valueFrom: did you mean ${nearestName(strange, ['value', 'valueFrom']) ?? 'value'}`;
  }
  if (valueFrom === undefined) {
    if (value === undefined || typeof value === 'string') return Env.value(name, value ?? '');
    return `value is ${written(name, value)}, must be a string: write it in quotes, or use Env.value`;
  }
  if (value !== undefined) return 'it has both value and valueFrom, must have one: remove the other';
  return fromSource(name, valueFrom);
}

function fromSource(name: string, valueFrom: unknown): EnvVariable | string {
  const sources = ['secretKeyRef', 'configMapKeyRef', 'fieldRef', 'resourceFieldRef'];
  const [kind, ...others] = isMap(valueFrom) ? Object.keys(valueFrom) : [];
  const ref = isMap(valueFrom) ? valueFrom[kind ?? ''] : undefined;
  if (kind === undefined || others.length > 0 || !isMap(ref)) {
    return `valueFrom must have exactly one source: set one of ${sources.join(', ')}`;
  }
  switch (kind) {
    case 'secretKeyRef':
      return Env.secret(name, ref as unknown as KeyRef);
    case 'configMapKeyRef':
      return Env.configMap(name, ref as unknown as KeyRef);
    case 'fieldRef':
      return Env.field(name, ref['fieldPath'] as string);
    case 'resourceFieldRef': {
      const { resource, ...options } = ref;
      return Env.resource(name, resource as ResourceName, options);
    }
    default: {
      const near = nearestName(kind, sources);
      return `valueFrom has the source ${kind}, which does not exist: ${near === undefined ? `use ${sources.join(', ')}` : `did you mean ${near}`}`;
    }
  }
}
