import { describeSource, namesOf, type EnvFrom } from './env-from.ts';
import { mayBeMissing, type RawEnv } from './expansion.ts';
import type { EnvFault } from './fault.ts';
import { nearestName } from './nearest.ts';
import { placeOf } from './place.ts';
import { referencesOf } from './scanner.ts';
import { isApiServerVariable, serviceOfLink } from './service-links.ts';

/** Wrong names of a list that get a hint: each is compared with all names, and people read the first. */
const MOST_HINTS = 100;

/** The context of a list: the container around it. */
export interface EnvFaultsContext {
  /** Prefix of the variable in messages, such as a construct path or a service's name. @default '' */
  readonly place?: string | undefined;
  /** Its `envFrom`, in order. @default [] */
  readonly envFrom?: readonly EnvFrom[] | undefined;
  /** Names of the Services of the namespace, to tell a name that only a service link would give. @default [] */
  readonly services?: readonly string[] | undefined;
}

/** Live references that are never expanded, whatever the order, or that are unreliable. */
export function referenceFaults(entries: readonly RawEnv[], context: EnvFaultsContext): EnvFault[] {
  const faults: EnvFault[] = [];
  let finder: NameFinder | undefined;
  for (const entry of entries) {
    for (const name of referencesOf(entry.value ?? '')) {
      finder ??= new NameFinder(entries, context);
      const problem = finder.problemOf(name, entry.name);
      if (problem !== undefined) faults.push({ ...problem, place: placeOf(context.place ?? '', entry.name) });
    }
  }
  return faults;
}

/** Answers what a name is that a variable mentions. The hint for a wrong name is looked for once. */
class NameFinder {
  private readonly listed: ReadonlyMap<string, RawEnv>;
  private readonly inherited: ReadonlyMap<string, EnvFrom>;
  private readonly sources: readonly EnvFrom[];
  private readonly services: readonly string[];
  private readonly known: readonly string[];
  private readonly hints = new Map<string, string | undefined>();

  constructor(entries: readonly RawEnv[], { envFrom = [], services = [] }: EnvFaultsContext) {
    this.listed = new Map(entries.map((entry) => [entry.name, entry]));
    this.inherited = new Map(
      envFrom
        .toSorted((a, b) => Number(b.optional ?? false) - Number(a.optional ?? false))
        .flatMap((source) => namesOf(source).map((name): [string, EnvFrom] => [name, source])),
    );
    this.known = [...this.listed.keys(), ...this.inherited.keys()];
    this.sources = envFrom;
    this.services = services;
  }

  problemOf(name: string, user: string): Omit<EnvFault, 'place'> | undefined {
    const source = this.inherited.get(name);
    if (source !== undefined && source.optional !== true) return undefined;
    const entry = name === user ? undefined : this.listed.get(name);
    if (entry !== undefined) return mayBeMissing(entry) ? optionalFault(name, 'an optional key') : undefined;
    if (source !== undefined) return optionalFault(name, `the optional ${describeSource(source)}`);
    if (isApiServerVariable(name)) return undefined;
    return this.unknown(name, user);
  }

  private unknown(name: string, user: string): Omit<EnvFault, 'place'> {
    const undeclared = this.sources.find(({ keys, prefix }) => keys === undefined && name.startsWith(prefix ?? ''));
    if (undeclared !== undefined) return undeclaredFault(name, undeclared, this.hint(name));
    if (name === user) return selfFault(name);
    const service = serviceOfLink(name, this.services);
    return service === undefined ? unknownFault(name, this.hint(name)) : linkFault(name, service);
  }

  private hint(name: string): string | undefined {
    if (this.hints.size < MOST_HINTS && !this.hints.has(name)) this.hints.set(name, nearestName(name, this.known));
    return this.hints.get(name);
  }
}

function optionalFault(name: string, source: string): Omit<EnvFault, 'place'> {
  return {
    rule: 'env-optional-reference',
    message: `$(${name}) may be undefined because it comes from ${source}, and would then not be expanded: remove optional, or read ${name} at run time`,
  };
}

function undeclaredFault(name: string, source: EnvFrom, nearest: string | undefined): Omit<EnvFault, 'place'> {
  const hint = nearest === undefined ? '' : `did you mean $(${nearest})? otherwise `;
  return {
    rule: 'env-undeclared-key',
    message: `$(${name}) could come only from envFrom ${describeSource(source)}, whose keys are not declared: ${hint}list its keys`,
  };
}

/** `X=$(X):y` reads an earlier X. Without one it is not expanded. */
function selfFault(name: string): Omit<EnvFault, 'place'> {
  return {
    rule: 'env-self-reference',
    message: `$(${name}) references itself, but ${name} has no earlier value (the ENV of the image is not visible): declare the key ${name} of the envFrom source that defines it, or escape it as $$(${name})`,
  };
}

function linkFault(name: string, service: string): Omit<EnvFault, 'place'> {
  return {
    rule: 'env-service-link',
    message: `$(${name}) could come only from the service link of ${service}, which depends on creation order: use the host name ${service} and its port`,
  };
}

function unknownFault(name: string, nearest: string | undefined): Omit<EnvFault, 'place'> {
  const hint = nearest === undefined ? 'declare it' : `did you mean $(${nearest})? otherwise declare it`;
  return {
    rule: 'env-unknown',
    message: `$(${name}) references an undefined variable, the container would receive the text unexpanded: ${hint}, or escape it as $$(${name})`,
  };
}
