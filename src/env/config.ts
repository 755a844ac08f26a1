/** Reads the declared variables of a process as typed config, when it starts. */
import { expandValue } from './expansion.ts';
import { assertNoFaults, type Fault } from './fault.ts';
import { placeOf } from './place.ts';
import { referencesOf } from './scanner.ts';
import type { ConfigOf, EnvSource, EnvVariable } from './variable.ts';

/** Longer literals would hide the rest of the message. */
const LONGEST_SHOWN = 80;

/** The environment of a process, such as `process.env`. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Typed config from a declaration and the environment of the process. Throws a `DeclarationError` with every variable
 * that is missing, malformed or unexpanded; values from Secrets are never shown, even within other values.
 */
export function readConfig<const E extends readonly EnvVariable[]>(
  variables: E,
  environment: ProcessEnvironment,
  place = '',
): ConfigOf<E> {
  const faults: Fault[] = [];
  const texts = new Map(Object.entries(environment));
  const hide = secretHider(variables, texts);
  const values = variables.map((variable): [string, unknown] => {
    const { name } = variable;
    const reading = read(variable, texts, hide);
    if ('rule' in reading) faults.push({ ...reading, place: placeOf(place, name) });
    return [name, 'rule' in reading ? undefined : reading.value];
  });
  assertNoFaults(faults);
  return Object.freeze(Object.fromEntries(values)) as ConfigOf<E>;
}

/** Values of the process by name. A map, because an object knows names such as `constructor` too. */
type Texts = ReadonlyMap<string, string | undefined>;

type Reading = { readonly value: unknown } | Omit<Fault, 'place'>;

function read(variable: EnvVariable, texts: Texts, hide: (text: string) => string): Reading {
  const { name, optional } = variable;
  const text = texts.get(name);
  if (text === undefined) return optional ? { value: undefined } : missing(variable);
  const left = unexpandedReferences(variable, text, texts);
  if (left.length > 0) return unexpanded(name, left);
  try {
    return { value: variable.parse(text) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return {
      rule: 'config-malformed',
      message: `${name} is ${JSON.stringify(hide(text))}, ${hide(problem)}: correct the declaration or the source of the value`,
    };
  }
}

function missing({ name, source }: EnvVariable): Omit<Fault, 'place'> {
  const byReference = source.kind === 'secret' || source.kind === 'configMap';
  const object = source.kind === 'secret' ? 'Secret' : 'ConfigMap';
  const wayOut = byReference
    ? `give it key ${source.ref.key} of ${object} ${source.ref.name}`
    : `set it${declared(source)}`;
  return { rule: 'config-missing', message: `${name} is not set, the declaration requires it: ${wayOut}` };
}

/** What the manifest sets, for people who start the process by hand. */
function declared(source: EnvSource): string {
  const text = source.kind === 'value' ? source.value : source.kind === 'given' ? source.fallback : undefined;
  return text === undefined || text === '' || text.length > LONGEST_SHOWN
    ? ''
    : `, the manifest gives ${JSON.stringify(text)}`;
}

function unexpanded(name: string, left: readonly string[]): Omit<Fault, 'place'> {
  const texts = left.map((other) => `$(${other})`).join(' and ');
  return {
    rule: 'config-unexpanded',
    message: `${name} contains ${texts}, which was not expanded because nothing above it in the container's env defines it: put ${left.join(' and ')} before ${name}`,
  };
}

/**
 * Live references of the declaration that are still in the text. What the declaration escapes (`$$(X)` rightly gives
 * `$(X)`) and what came in by another variable is exempt: both stand in the expected text too, so occurrences beyond those
 * are what was left.
 */
function unexpandedReferences({ name, source }: EnvVariable, text: string, texts: Texts): readonly string[] {
  if (source.kind === 'given') return leftOfFallback(source.fallback ?? '', text);
  if (source.kind !== 'value') return [];
  const names = referencesOf(source.value).filter((other) => text.includes(`$(${other})`));
  if (names.length === 0) return [];
  // what a variable that names itself read is gone from the environment: only the text without it tells
  const ownLeft = expandValue(source.value, (other) => (other === name ? undefined : texts.get(other))) === text;
  const expected = expandValue(source.value, (other) => texts.get(other) ?? '');
  return names.filter((other) => (other === name ? ownLeft : occurrences(text, other) > occurrences(expected, other)));
}

/** What is given at synth is not known here; where nothing was, the fallback with nothing expanded says so. */
function leftOfFallback(fallback: string, text: string): readonly string[] {
  return expandValue(fallback, () => undefined) === text ? referencesOf(fallback) : [];
}

function occurrences(text: string, name: string): number {
  return text.split(`$(${name})`).length - 1;
}

/** Blanks values from Secrets everywhere, the longest first, so that no part of one remains. */
function secretHider(variables: readonly EnvVariable[], texts: Texts): (text: string) => string {
  const secrets = variables
    .flatMap(({ name, source }) => (source.kind === 'secret' ? [texts.get(name) ?? ''] : []))
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '(secret)'), text);
}
