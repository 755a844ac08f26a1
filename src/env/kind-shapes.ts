/**
 * What the props of a maker or construct may hold. The types say it to TypeScript; this says it to everybody else, as one
 * clear fault instead of a `TypeError` somewhere below, or of silence. nested-shapes.ts says what is inside
 * a prop.
 */
import { looksLikeCredential } from './credential.ts';
import { assertNoFaults, type Fault } from './fault.ts';
import { nearestName } from './nearest.ts';

/** What a prop may hold. `texts` and `maps` are lists of them, `textMap` is a map of texts, `off` is `false` alone. */
type Kind =
  'any' | 'boolean' | 'finite' | 'list' | 'map' | 'maps' | 'name' | 'number' | 'off' | 'text' | 'textMap' | 'texts';

/** One kind or several; `!` behind them marks a prop that is required. */
export type KindText = Kind | `${Kind}!` | `${Kind}|${Kind}` | `${Kind}|${Kind}!` | `${Kind}|${Kind}|${Kind}`;

/** A shape that says what is inside a prop. */
export interface NestedShape {
  readonly required: boolean;
  /** What a value must be. */
  readonly words: string;
  /** Whether a value is such a thing at all, whatever is wrong inside it. */
  readonly fits: (value: unknown) => boolean;
  /** What is wrong with a value at a path, such as `pod.tolerations[0]`. */
  readonly problems: (path: string, value: unknown) => readonly PropProblem[];
}

/** The shape of a prop. */
export type PropShape = KindText | NestedShape;

/** The shapes of all props of a type: a prop that is added to it must be added here too. */
export type PropShapes<P> = { readonly [K in keyof Required<P>]: PropShape };

/** Shapes of whatever props. */
export type AnyShapes = Readonly<Record<string, PropShape>>;

/** What is wrong with a prop. */
export interface PropProblem {
  readonly rule: string;
  readonly message: string;
}

/** The problem of a value of another sort than its prop takes. */
export function typeProblem(message: string): PropProblem {
  return { rule: 'prop-type', message };
}

/** The problem of a prop that is required and not there. */
export function missingProblem(message: string): PropProblem {
  return { rule: 'prop-missing', message };
}

/** Throws a `DeclarationError` with every prop that is unknown, missing or of another type. */
export function assertProps(given: unknown, shapes: AnyShapes, place: string, owner: string): void {
  assertNoFaults(propFaults(given, shapes, place, owner));
}

/** Every prop that is unknown, missing or of another type; `owner` is whose props they are. */
export function propFaults(given: unknown, shapes: AnyShapes, place: string, owner: string): readonly Fault[] {
  if (!isMap(given)) {
    const message = `the props of ${owner} are ${written('', given)}, must be an object: write { … }`;
    return [{ ...typeProblem(message), place }];
  }
  return mapProblems(given, shapes, { owner, path: '' }).map(({ rule, message }) => ({ rule, place, message }));
}

/** Whose props are judged, and the path that leads to them, with its dot. */
interface Whose {
  readonly owner: string;
  readonly path: string;
}

/** What is wrong with the props of a map. A construct, or another instance of a class, has others too. */
export function mapProblems(
  given: Readonly<Record<string, unknown>>,
  shapes: AnyShapes,
  whose: Whose,
): readonly PropProblem[] {
  const strange = isPlain(given)
    ? Object.keys(given).filter((name) => !Object.hasOwn(shapes, name) && given[name] !== undefined)
    : [];
  return [
    ...strange.map((name) => unknownProblem(name, Object.keys(shapes), whose.owner)),
    ...Object.entries(shapes).flatMap(([name, shape]) => fieldProblems(given[name], name, shape, whose)),
  ];
}

/** The problem of a prop that does not exist. */
export function unknownProblem(name: string, known: readonly string[], owner: string): PropProblem {
  const near = nearestName(name, known);
  const hint = near === undefined ? `remove it, or use ${known.join(', ')}` : `did you mean ${near}`;
  return { rule: 'prop-unknown', message: `${owner} has no prop ${name}: ${hint}` };
}

function fieldProblems(value: unknown, name: string, shape: PropShape, { owner, path }: Whose): readonly PropProblem[] {
  if (value !== undefined) return problemsAt(path + name, value, shape);
  if (typeof shape === 'string' ? !shape.endsWith('!') : !shape.required) return [];
  const message = `${path}${name} is missing, but ${owner} requires it: set ${wordsFor(shape)}`;
  return [missingProblem(message)];
}

/** What is wrong with a value at a path. */
export function problemsAt(path: string, value: unknown, shape: PropShape): readonly PropProblem[] {
  if (typeof shape !== 'string') return shape.problems(path, value);
  const kinds = kindsOf(shape);
  const lists = kinds.map((kind) => problemsOf(path, value, kind));
  if (lists.some((problems) => problems.length === 0)) return [];
  const messages =
    kinds.length === 1
      ? (lists[0] ?? [])
      : [`${path} is ${written(path, value)}, must be ${inWords(kinds)}: write one of them`];
  return messages.map(typeProblem);
}

/** What a shape wants, in words. */
export function wordsFor(shape: PropShape): string {
  return typeof shape === 'string' ? inWords(kindsOf(shape)) : shape.words;
}

/** Whether a value is of the sort that a shape wants. */
export function fitsShape(value: unknown, shape: PropShape): boolean {
  return typeof shape === 'string' ? kindsOf(shape).some((kind) => KINDS[kind].holds(value)) : shape.fits(value);
}

function kindsOf(shape: KindText): readonly Kind[] {
  return shape.replace('!', '').split('|') as Kind[];
}

function problemsOf(name: string, value: unknown, kind: Kind): readonly string[] {
  const { holds, wayOut } = KINDS[kind];
  if (!holds(value)) return [`${name} is ${written(name, value)}, must be ${KINDS[kind].words}: ${wayOut}`];
  if (kind === 'texts' || kind === 'maps') {
    const item = kind === 'texts' ? 'text' : 'map';
    return (value as readonly unknown[]).flatMap((it, index) => problemsOf(`${name}[${index}]`, it, item));
  }
  if (kind !== 'textMap') return [];
  return Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([key, it]) =>
    it === undefined ? [] : problemsOf(`${name}.${key}`, it, 'text'),
  );
}

interface KindRule {
  readonly holds: (value: unknown) => boolean;
  readonly words: string;
  readonly wayOut: string;
}

const NUMBER: KindRule = {
  holds: (it) => typeof it === 'number',
  words: 'a number',
  wayOut: 'write it without quotes',
};
const KINDS: Readonly<Record<Kind, KindRule>> = {
  any: { holds: () => true, words: 'anything', wayOut: 'set it' },
  boolean: { holds: (it) => typeof it === 'boolean', words: 'true or false', wayOut: 'write it without quotes' },
  finite: { ...NUMBER, holds: Number.isFinite },
  list: { holds: Array.isArray, words: 'a list', wayOut: 'write [ … ]' },
  map: { holds: isMap, words: 'an object', wayOut: 'write { … }' },
  maps: { holds: Array.isArray, words: 'a list of objects', wayOut: 'write [{ … }]' },
  name: {
    holds: (it) => typeof it === 'string' && it.trim() !== '',
    words: 'a string that is not empty',
    wayOut: 'write it in quotes, or remove it',
  },
  number: NUMBER,
  off: { holds: (it) => it === false, words: 'false', wayOut: 'write false' },
  text: { holds: (it) => typeof it === 'string', words: 'a string', wayOut: 'write it in quotes' },
  textMap: { holds: isMap, words: 'an object of strings', wayOut: "write { NAME: 'value' }" },
  texts: { holds: Array.isArray, words: 'a list of strings', wayOut: "write ['…']" },
};

function inWords(kinds: readonly Kind[]): string {
  return kinds.map((kind) => KINDS[kind].words).join(' or ');
}

/** A value in words; a text that may be a credential is not shown. */
export function written(name: string, value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string' && looksLikeCredential(name, value) !== undefined) return 'a string (not shown)';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : typeof value === 'function' ? 'a function' : String(value);
}

/** Whether an object was written as one, and is no instance of a class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a value is an object with fields, and no list. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
