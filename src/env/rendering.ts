/** Declared variables as the entries of a container's `env`, in an order that the kubelet expands correctly. */
import { looksLikeCredential } from './credential.ts';
import { entryOf, literalOf, type EnvEntry, type GivenValues } from './entry.ts';
import { expandValue } from './expansion.ts';
import { assertNoFaults, type Fault } from './fault.ts';
import { faultsInOrder } from './faults.ts';
import { nearestName } from './nearest.ts';
import { envOrder } from './order.ts';
import { placeOf } from './place.ts';
import type { EnvFaultsContext } from './reference-faults.ts';
import { referencesOf } from './scanner.ts';
import type { EnvVariable } from './variable.ts';

/** Result of rendering: use the entries only if there is no fault. */
export interface RenderedEnv {
  /** The entries, each after those that it references. */
  readonly entries: readonly EnvEntry[];
  /** All faults of the list and of the given values. */
  readonly faults: readonly Fault[];
}

/**
 * Renders declared variables in the right order; `given` fills those declared with `Env.given`.
 * Throws a `DeclarationError` with every fault of the list.
 */
export function renderEnv(
  variables: readonly EnvVariable[],
  given: GivenValues = {},
  context: EnvFaultsContext = {},
): EnvEntry[] {
  const { entries, faults } = tryRenderEnv(variables, given, context);
  assertNoFaults(faults);
  return [...entries];
}

/** As {@link renderEnv}, but returns the faults instead of throwing, for callers with more checks. */
export function tryRenderEnv(
  variables: readonly EnvVariable[],
  given: GivenValues = {},
  context: EnvFaultsContext = {},
): RenderedEnv {
  const place = context.place ?? '';
  const entries = variables.map((variable) => entryOf(variable, given));
  const order = envOrder(entries);
  const faults = [
    ...portFaults(variables, place),
    ...givenFaults(variables, given, place),
    ...variables.flatMap((variable) => malformedFaults(variable, given, place)),
    ...faultsInOrder(entries, order, context),
  ];
  return { entries: order.entries, faults };
}

function portFaults(variables: readonly EnvVariable[], place: string): Fault[] {
  if (!variables.some(({ name }) => name === 'PORT')) return [];
  const message = 'PORT must not be declared (services always listen on 8000): remove it';
  return [{ rule: 'env-port', place: placeOf(place, 'PORT'), message }];
}

function givenFaults(variables: readonly EnvVariable[], given: GivenValues, place: string): Fault[] {
  const declared = variables.filter(({ source }) => source.kind === 'given');
  const names = new Set(declared.map(({ name }) => name));
  const missing = declared.filter((variable) => literalOf(variable, given) === undefined);
  const strange = Object.keys(given).filter((name) => !names.has(name));
  return [
    ...missing.map(({ name }) => ({
      rule: 'env-given-missing',
      place: placeOf(place, name),
      message: `${name} is declared with Env.given but has no value: add ${name} to given, or declare a fallback`,
    })),
    ...strange.map((name) => {
      const nearest = nearestName(name, names);
      const wayOut = nearest === undefined ? 'remove it' : `did you mean ${nearest}? otherwise remove it`;
      const message = `given contains ${name}, which is not declared with Env.given: ${wayOut}`;
      return { rule: 'env-given-unknown', place: placeOf(place, name), message };
    }),
  ];
}

/** A literal that its own reader would refuse when the container starts. One with references is known only then. */
function malformedFaults(variable: EnvVariable, given: GivenValues, place: string): Fault[] {
  const literal = literalOf(variable, given);
  if (literal === undefined || referencesOf(literal).length > 0) return [];
  try {
    variable.parse(expandValue(literal, () => undefined));
    return [];
  } catch (error) {
    const { name } = variable;
    const problem = error instanceof Error ? error.message : String(error);
    const secret = looksLikeCredential(name, literal) !== undefined;
    const message = secret
      ? `invalid literal (not shown): correct it`
      : `invalid literal ${JSON.stringify(literal)}, ${problem}: correct it`;
    return [{ rule: 'env-malformed', place: placeOf(place, name), message }];
  }
}
