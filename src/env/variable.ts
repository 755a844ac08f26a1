/**
 * What an environment variable of a container can be, declared once.
 *
 * Glossary: a *variable* is a declaration (name, where its value comes from, how it reads at run time); a *source* is
 * the "where"; a *reference* is a live `$(NAME)` inside a value. The same declaration is rendered into the manifest at
 * synth and parsed into typed config when the service starts, so its name is spelled once.
 */

import { assertNoFaults } from './fault.ts';
import { isMap, written } from './prop-shapes.ts';

/** A key of a Secret or ConfigMap, by the object's name. */
export interface KeyRef {
  /** Name of the Secret or ConfigMap, in the namespace of the pod. */
  readonly name: string;
  /** Key inside it. */
  readonly key: string;
  /**
   * Whether the container may start without it.
   * @default false
   */
  readonly optional?: boolean;
}

/** A resource figure of a container, as the downward API names it. */
export type ResourceName =
  | 'limits.cpu'
  | 'limits.memory'
  | 'limits.ephemeral-storage'
  | 'requests.cpu'
  | 'requests.memory'
  | 'requests.ephemeral-storage';

/** Where the value of a variable comes from. */
export type EnvSource =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'given'; readonly fallback: string | undefined }
  | { readonly kind: 'secret'; readonly ref: KeyRef }
  | { readonly kind: 'configMap'; readonly ref: KeyRef }
  | { readonly kind: 'field'; readonly fieldPath: string }
  | {
      readonly kind: 'resource';
      readonly resource: ResourceName;
      readonly containerName: string | undefined;
      readonly divisor: string | undefined;
    };

/** Turns the text of a variable into its value; throws an `Error` whose message states the rule that was broken. */
export type EnvParser<T> = (text: string) => T;

/** One declared environment variable. `Type` is what it reads as at run time. */
export interface EnvVariable<Name extends string = string, Type = unknown> {
  /** Name of the variable as the container sees it. */
  readonly name: Name;
  /** Where its value comes from. */
  readonly source: EnvSource;
  /** How its text is read at run time. */
  readonly parse: EnvParser<Type>;
  /** Whether the variable may be undefined at run time. */
  readonly optional: boolean;
}

/** What a list of variables reads as at run time: one property a variable. */
export type ConfigOf<E extends readonly EnvVariable[]> = {
  readonly [V in E[number] as V['name']]: V extends EnvVariable<string, infer T> ? T : never;
};

/** How a variable is read, where the kind of its literal does not say it. */
export interface EnvReadOptions<T> {
  /**
   * Reads the text of the variable at run time.
   * @default - by the kind of the literal: a string as it is, a number as a finite number, a boolean as `true` or `false`
   */
  readonly parse?: EnvParser<T>;
}

type Widened<V> = V extends string ? string : V extends number ? number : V extends boolean ? boolean : never;

/**
 * Makers of declared environment variables, one for each kind of source. `NoInfer` keeps the type of a variable that is
 * written straight into a list of `EnvVariable`: the list would otherwise make it `unknown`.
 */
export const Env = {
  /** A literal, which may hold `$(OTHER)` references. Numbers and booleans are rendered as text and read back as what they were. */
  value<Name extends string, V extends string | number | boolean, T = Widened<V>>(
    name: Name,
    value: V,
    options: EnvReadOptions<T> = {},
  ): EnvVariable<Name, NoInfer<T>> {
    const isLiteral = ['string', 'number', 'boolean'].includes(typeof value);
    const wayOut = `set it, or use Env.given('${name}') for a value that the deployment sets`;
    refuse('value', name, isLiteral ? undefined : problem('value', value, 'a string, number or boolean', wayOut));
    const parse = options.parse ?? (parserOf(value) as EnvParser<T>);
    return { name, source: { kind: 'value', value: String(value) }, parse, optional: false };
  },

  /** A literal that the place of deployment gives (a host, a version); `given` of the construct fills it at synth. */
  given<Name extends string, T = string>(
    name: Name,
    options: EnvReadOptions<T> & {
      /** Value when nothing is given. @default - giving it is required */ readonly fallback?: string;
    } = {},
  ): EnvVariable<Name, NoInfer<T>> {
    const wayOut = `write Env.given('${name}', { fallback: '…' })`;
    refuse('given', name, isMap(options) ? undefined : problem('options', options, 'an object', wayOut));
    const parse = options.parse ?? (readString as EnvParser<unknown> as EnvParser<T>);
    return { name, source: { kind: 'given', fallback: options.fallback }, parse, optional: false };
  },

  /** A key of a Secret, by reference. */
  secret<Name extends string, const R extends KeyRef>(name: Name, ref: R): EnvVariable<Name, Optional<R>> {
    refuse('secret', name, refProblem('secret', name, ref));
    return {
      name,
      source: { kind: 'secret', ref },
      parse: (ref.optional === true ? readString : readNonEmpty) as EnvParser<Optional<R>>,
      optional: ref.optional === true,
    };
  },

  /** A key of a ConfigMap, by reference. */
  configMap<Name extends string, const R extends KeyRef>(name: Name, ref: R): EnvVariable<Name, Optional<R>> {
    refuse('configMap', name, refProblem('configMap', name, ref));
    return {
      name,
      source: { kind: 'configMap', ref },
      parse: readString as EnvParser<Optional<R>>,
      optional: ref.optional === true,
    };
  },

  /** A field of the pod by the downward API, such as `metadata.name`. */
  field<Name extends string>(name: Name, fieldPath: string): EnvVariable<Name, string> {
    refuse('field', name, textProblem('fieldPath', fieldPath, 'metadata.name'));
    return { name, source: { kind: 'field', fieldPath }, parse: readString, optional: false };
  },

  /** A resource figure of a container by the downward API, read as a number. */
  resource<Name extends string>(
    name: Name,
    resource: ResourceName,
    options: {
      /** Container whose figure it is. @default - the container that the variable is of */
      readonly containerName?: string;
      /** Unit that the figure is divided by, such as `1Mi`. @default '1' */
      readonly divisor?: string;
    } = {},
  ): EnvVariable<Name, number> {
    refuse('resource', name, textProblem('resource', resource, 'limits.memory'));
    const source = {
      kind: 'resource',
      resource,
      containerName: options.containerName,
      divisor: options.divisor,
    } as const;
    return { name, source, parse: readNumber, optional: false };
  },
} as const;

type Optional<R extends KeyRef> = R extends { readonly optional: true } ? string | undefined : string;

/** A named Secret whose keys are referred to: `secrets.key('auth-db-password')`. Accepts a name or anything that has one, such as an `ISecret` of any cdk8s-plus. */
export function secretKeys(secret: string | { readonly name: string }): { key(key: string): KeyRef } {
  const name: unknown = typeof secret === 'string' ? secret : (secret as { readonly name: string } | undefined)?.name;
  if (typeof name !== 'string' || name === '') {
    refuseKeys(
      'secretKeys',
      problem('secret', secret, 'a name or an object with a name', "write secretKeys('shop-secrets')"),
    );
  }
  return {
    key: (key) => {
      const message = textProblem('key', key, 'auth-db-password');
      if (message !== undefined) refuseKeys(`secretKeys ${String(name)} key`, message);
      return { name: String(name), key };
    },
  };
}

function refuseKeys(place: string, message: string): void {
  assertNoFaults([{ rule: 'secret-keys', place, message }]);
}

/** Throws what is wrong with the arguments of a maker of `Env`, with the name of the variable. */
function refuse(maker: string, name: unknown, message: string | undefined): void {
  const place = `Env.${maker} ${typeof name === 'string' ? name : ''}`.trimEnd();
  const ofName =
    typeof name === 'string' ? undefined : problem('name', name, 'a string', "write it first: Env.value('NAME', …)");
  const found = ofName ?? message;
  if (found !== undefined) assertNoFaults([{ rule: 'env-declaration', place, message: found }]);
}

function problem(what: string, value: unknown, wanted: string, wayOut: string): string {
  return `${what} is ${written(what, value)}, must be ${wanted}: ${wayOut}`;
}

function textProblem(what: string, value: unknown, example: string): string | undefined {
  if (typeof value === 'string' && value !== '') return undefined;
  return problem(what, value, 'a string', `set it, such as ${example}`);
}

function refProblem(maker: string, name: unknown, ref: unknown): string | undefined {
  const wayOut = `write Env.${maker}('${String(name)}', { name: 'shop-${maker === 'secret' ? 'secrets' : 'settings'}', key: '…' })`;
  if (!isMap(ref)) return problem('ref', ref, 'an object with name and key', wayOut);
  const wrong = ['name', 'key'].find((field) => typeof ref[field] !== 'string' || ref[field] === '');
  return wrong === undefined ? undefined : problem(`ref.${wrong}`, ref[wrong], 'a string', wayOut);
}

function parserOf(value: string | number | boolean): EnvParser<unknown> {
  if (typeof value === 'number') return readNumber;
  return typeof value === 'boolean' ? readBoolean : readString;
}

function readString(text: string): string {
  return text;
}

function readNonEmpty(text: string): string {
  if (text === '') throw new Error('must not be empty');
  return text;
}

function readNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new Error('must be a number');
  return value;
}

function readBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Error('must be true or false');
  return text === 'true';
}
