/**
 * A seeded builder of manifests in the shapes that people write. A *shape* is a small valid object and its *choices*: what
 * may be said in it, each in several *ways*. A way is a set of fields by path; the first way of each choice says nothing.
 */
import { withFields, type Fields } from '../cluster/field-change-case.ts';
import type { WrittenObject } from '../cluster/sample-objects.ts';

/** Ways to say one thing; `{}` says nothing. */
export type Choice = readonly Fields[];

/** A kind of object and what may be said in it. */
export interface Shape {
  /** What it is called in a test. */
  readonly title: string;
  readonly object: (name: string) => WrittenObject;
  readonly choices: readonly Choice[];
  /** Whether its changes are tried one after the other, because they ask for the same port of the node. */
  readonly isSerial?: true;
  /** Waits until the server has done what a change presupposes. */
  readonly settled?: (read: () => Promise<unknown>) => Promise<void>;
}

/** An object and the ways in which it says what it says. */
export interface BuiltObject {
  readonly title: string;
  readonly object: WrittenObject;
}

/** Two versions of an object. */
export interface BuiltPair {
  readonly title: string;
  readonly before: WrittenObject;
  readonly after: WrittenObject;
  readonly settled?: Shape['settled'];
}

/** Which way of each choice is taken. */
type Ways = readonly number[];

/** How often a random object says nothing of a choice. */
const SILENCE = 0.6;

/** The shape as it is, each way of each choice alone, and some ways together. */
export function builtObjects(shapes: readonly Shape[], together: number, random: () => number): readonly BuiltObject[] {
  return shapes.flatMap((shape) => {
    const mixed = Array.from({ length: together }, () => randomWays(shape, random));
    return [silent(shape), ...singleWays(shape), ...mixed].map((ways, index) => ({
      title: titleOf(shape, ways),
      object: built(shape, nameOf(shape, `o${index}`), ways),
    }));
  });
}

/** From nothing to each way, from each way to the next, and random changes of one or two choices among others. */
export function builtPairs(shapes: readonly Shape[], random: () => number, mixed: number): readonly BuiltPair[] {
  return shapes.flatMap((shape) => {
    const single = shape.choices.flatMap((choice, place) =>
      choice.map((_, way): readonly [Ways, Ways] => [
        at(shape, place, way),
        at(shape, place, (way + 1) % choice.length),
      ]),
    );
    const random2 = Array.from({ length: shape.choices.length === 0 ? 0 : mixed }, (): readonly [Ways, Ways] => {
      const ways = randomWays(shape, random);
      return [ways, changed(shape, changed(shape, ways, random), random)];
    });
    return [...single, ...random2].map(([before, after], index) => {
      const name = nameOf(shape, `p${index}`);
      return {
        title: `${titleOf(shape, before)} → ${titleOf(shape, after)}`,
        before: built(shape, name, before),
        after: built(shape, name, after),
        ...(shape.settled === undefined ? {} : { settled: shape.settled }),
      };
    });
  });
}

function built({ object, choices }: Shape, name: string, ways: Ways): WrittenObject {
  return choices.reduce((result, choice, place) => withFields(result, choice[ways[place] ?? 0] ?? {}), object(name));
}

function nameOf({ title }: Shape, suffix: string): string {
  return `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${suffix}`;
}

function titleOf(shape: Shape, ways: Ways): string {
  const said = ways.flatMap((way, place) => (way === 0 ? [] : [JSON.stringify(shape.choices[place]?.[way])]));
  return `${shape.title} ${said.join(' ')}`.trim();
}

function silent({ choices }: Shape): Ways {
  return choices.map(() => 0);
}

function at(shape: Shape, place: number, way: number): Ways {
  return silent(shape).map((none, index) => (index === place ? way : none));
}

function singleWays(shape: Shape): readonly Ways[] {
  return shape.choices.flatMap((choice, place) => choice.slice(1).map((_, index) => at(shape, place, index + 1)));
}

function randomWays({ choices }: Shape, random: () => number): Ways {
  return choices.map(({ length }) => (random() < SILENCE ? 0 : Math.floor(random() * length)));
}

function changed({ choices }: Shape, ways: Ways, random: () => number): Ways {
  const place = Math.floor(random() * choices.length);
  return ways.map((way, index) => (index === place ? Math.floor(random() * (choices[place]?.length ?? 1)) : way));
}
