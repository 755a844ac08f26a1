/** Declared variables as the entries of a container's `env`, in the order in which Kubernetes expands them rightly. */
import { envFaults } from './faults.ts';
import { DeclarationError, assertNoFaults, type Fault } from './fault.ts';
import type { EnvFrom } from './expansion.ts';
import { nearestName } from './nearest.ts';
import { orderEnv } from './order.ts';
import type { EnvVariable, KeyRef } from './variable.ts';

/** An entry of `env` in Kubernetes' own shape. */
export interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: EnvEntrySource;
}

/** `valueFrom` in Kubernetes' own shape; one of the four is there. */
export interface EnvEntrySource {
  readonly secretKeyRef?: KeyRef;
  readonly configMapKeyRef?: KeyRef;
  readonly fieldRef?: { readonly fieldPath: string };
  readonly resourceFieldRef?: { readonly resource: string; readonly containerName?: string; readonly divisor?: string };
}

/** What is rendered beside the list itself. */
export interface RenderEnvOptions {
  /** Where the list stands, for messages. @default 'env' */
  readonly place?: string;
  /** Values for the variables that were declared with `Env.given`. @default {} */
  readonly given?: Readonly<Record<string, string>>;
  /** Sources of `envFrom`. @default [] */
  readonly envFrom?: readonly EnvFrom[];
  /** Names of Services in the namespace. @default [] */
  readonly services?: readonly string[];
}

/** What rendering gave: the entries, which are only to be used when there is no fault. */
export interface RenderedEnv {
  readonly entries: readonly EnvEntry[];
  readonly faults: readonly Fault[];
}

/** Renders declared variables in the right order. Throws a `DeclarationError` with every fault of the list. */
export function renderEnv(variables: readonly EnvVariable[], options: RenderEnvOptions = {}): EnvEntry[] {
  const { entries, faults } = tryRenderEnv(variables, options);
  assertNoFaults(faults);
  return [...entries];
}

/** Renders declared variables and gives the faults instead of throwing them, for callers that have more to check. */
export function tryRenderEnv(variables: readonly EnvVariable[], options: RenderEnvOptions = {}): RenderedEnv {
  const place = options.place ?? 'env';
  const given = options.given ?? {};
  const entries = variables.map((variable) => entryOf(variable, given));
  const faults = [
    ...givenFaults(variables, given, place),
    ...envFaults(entries, { place, envFrom: options.envFrom ?? [], services: options.services ?? [] }),
  ];
  return { entries: faults.length === 0 ? orderEnv(entries, place) : entries, faults };
}

function entryOf({ name, source }: EnvVariable, given: Readonly<Record<string, string>>): EnvEntry {
  switch (source.kind) {
    case 'value':
      return { name, value: source.value };
    case 'given':
      return { name, value: given[name] ?? source.fallback ?? '' };
    case 'secret':
      return { name, valueFrom: { secretKeyRef: keyRef(source.ref) } };
    case 'configMap':
      return { name, valueFrom: { configMapKeyRef: keyRef(source.ref) } };
    case 'field':
      return { name, valueFrom: { fieldRef: { fieldPath: source.fieldPath } } };
    case 'resource': {
      const { resource, containerName, divisor } = source;
      return {
        name,
        valueFrom: {
          resourceFieldRef: {
            resource,
            ...(containerName === undefined ? {} : { containerName }),
            ...(divisor === undefined ? {} : { divisor }),
          },
        },
      };
    }
  }
}

function keyRef({ name, key, optional }: KeyRef): KeyRef {
  return { name, key, ...(optional === true ? { optional } : {}) };
}

function givenFaults(
  variables: readonly EnvVariable[],
  given: Readonly<Record<string, string>>,
  place: string,
): Fault[] {
  const wanted = variables.filter(({ source }) => source.kind === 'given');
  const names = wanted.map(({ name }) => name);
  const missing = wanted.filter(
    ({ name, source }) => given[name] === undefined && source.kind === 'given' && source.fallback === undefined,
  );
  const strange = Object.keys(given).filter((name) => !names.includes(name));
  return [
    ...missing.map(({ name }) => ({
      rule: 'env-given-missing',
      place: `${place} ${name}`,
      message: `${name} is declared with Env.given and nothing gives it: add ${name} to given, or a fallback to its declaration`,
    })),
    ...strange.map((name) => {
      const nearest = nearestName(name, names);
      return {
        rule: 'env-given-unknown',
        place: `${place} ${name}`,
        message: `given holds ${name}, which no variable declares with Env.given: ${nearest === undefined ? 'remove it' : `did you mean ${nearest}? else remove it`}`,
      };
    }),
    ...wanted.flatMap(({ name, parse }) => {
      const value = given[name];
      if (value === undefined || value.includes('$(')) return [];
      const problem = problemOf(() => parse(value));
      return problem === undefined
        ? []
        : [
            {
              rule: 'env-given-malformed',
              place: `${place} ${name}`,
              message: `${name} is given as ${JSON.stringify(value)}, ${problem}: correct it in given`,
            },
          ];
    }),
  ];
}

function problemOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof DeclarationError) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}
