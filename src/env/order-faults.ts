/** Faults in the order of an existing list, which `orderEnv` corrects. For manifests written by others. */
import { describeSource, namesOf, type EnvFrom } from './env-from.ts';
import type { EnvFault } from './fault.ts';
import type { Orderable } from './order.ts';
import { placeOf } from './place.ts';
import { referencesOf } from './scanner.ts';
import type { EnvFaultsContext } from './reference-faults.ts';

/**
 * References to a variable further down the list. Two rules: `env-late`, where the text is not expanded, and
 * `env-stale`, where a source of `envFrom` gives the same name, so that its value is read silently.
 */
export function orderFaults(entries: readonly Orderable[], context: EnvFaultsContext = {}): EnvFault[] {
  if (!entries.some(({ value }) => value?.includes('$(') === true)) return [];
  const listed = new Set(entries.map(({ name }) => name));
  const inherited = new Map(
    (context.envFrom ?? []).flatMap((source) => namesOf(source).map((name): [string, EnvFrom] => [name, source])),
  );
  const passed = new Set<string>();
  const faults: EnvFault[] = [];
  for (const { name: user, value } of entries) {
    for (const name of referencesOf(value ?? '')) {
      if (name === user || passed.has(name) || !listed.has(name)) continue;
      faults.push({ ...lateFault(name, user, inherited.get(name)), place: placeOf(context.place ?? '', user) });
    }
    passed.add(user);
  }
  return faults;
}

function lateFault(name: string, user: string, source: EnvFrom | undefined): Omit<EnvFault, 'place'> {
  const wayOut = `put ${name} before ${user}`;
  if (source === undefined) {
    return {
      rule: 'env-late',
      message: `$(${name}) is defined only further down, so it is not expanded (a reference sees only variables above it): ${wayOut}`,
    };
  }
  return {
    rule: 'env-stale',
    message: `$(${name}) reads the value of envFrom ${describeSource(source)}, because ${name} is redefined only further down: ${wayOut}, or rename one of the two`,
  };
}
