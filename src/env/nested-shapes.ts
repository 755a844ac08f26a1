/** Shapes of what is inside a prop: groups of props, lists, words, numbers, and one of several forms. */
import { nearestName } from './nearest.ts';
import {
  fitsShape,
  isMap,
  isPlain,
  mapProblems,
  missingProblem,
  problemsAt,
  typeProblem,
  unknownProblem,
  wordsFor,
  written,
  type AnyShapes,
  type NestedShape,
  type PropShape,
  type PropShapes,
} from './kind-shapes.ts';

/** A group of props. */
export function group<P>(shapes: PropShapes<P>): NestedShape {
  return mapShape(() => shapes);
}

/** A group to which objects with further props may be given; one that is nearly the name of a known prop is a slip. */
export function openGroup<P>(shapes: PropShapes<P>): NestedShape {
  const known = Object.keys(shapes);
  return mapShape((value) => {
    const foreign = Object.keys(value).filter((name) => nearestName(name, known) === undefined);
    return { ...Object.fromEntries(foreign.map((name) => [name, 'any'])), ...shapes };
  });
}

/** A map with any keys, whose values have one shape. */
export function mapOf(shape: PropShape): NestedShape {
  return mapShape((value) => Object.fromEntries(Object.keys(value).map((name) => [name, shape])));
}

/** Exactly one of several forms, each known by a prop that it alone has; its shapes are those of all its props. */
export function oneOf(forms: Readonly<Record<string, AnyShapes>>): NestedShape {
  const names = Object.keys(forms);
  const known = [...new Set(Object.values(forms).flatMap(Object.keys))];
  return {
    required: false,
    words: 'an object',
    fits: isMap,
    problems: (path, value) => {
      if (!isMap(value)) return problemsAt(path, value, 'map');
      const [form, second] = names.filter((name) => value[name] !== undefined);
      if (form !== undefined && second !== undefined) {
        return [
          typeProblem(`${path} has both ${form} and ${second}, must have one of ${names.join(', ')}: remove the other`),
        ];
      }
      if (form !== undefined) return group(forms[form] ?? {}).problems(path, value);
      const slips = isPlain(value) ? Object.keys(value).filter((name) => !known.includes(name)) : [];
      if (slips.length > 0) return slips.map((name) => unknownProblem(name, known, path));
      return [missingProblem(`${path} has none of ${names.join(', ')}, must have one: set it`)];
    },
  };
}

/** A shape that depends on the value. */
export function byValue(words: string, shapeOf: (value: unknown) => PropShape): NestedShape {
  return {
    required: false,
    words,
    fits: (value) => fitsShape(value, shapeOf(value)),
    problems: (path, value) => problemsAt(path, value, shapeOf(value)),
  };
}

/** A list whose items have one shape. */
export function listOf(item: PropShape, words = 'a list of objects', wayOut = 'write [{ … }]'): NestedShape {
  return {
    required: false,
    words,
    fits: Array.isArray,
    problems: (path, value) =>
      Array.isArray(value)
        ? value.flatMap((it, index) => problemsAt(`${path}[${index}]`, it, item))
        : [typeProblem(`${path} is ${written(path, value)}, must be ${words}: ${wayOut}`)],
  };
}

/** One of a few words. */
export function oneWord(...known: readonly string[]): NestedShape {
  const last = known.at(-1) ?? '';
  const all = known.length === 1 ? last : `${known.slice(0, -1).join(', ')} or ${last}`;
  return valueShape({
    words: all,
    holds: (value) => typeof value === 'string' && known.includes(value),
    wayOut: (value) => {
      const near = nearestName(String(value), known);
      return near === undefined ? `write '${known[0] ?? ''}'` : `did you mean ${near}`;
    },
  });
}

/** A whole number, from a least to a most. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): NestedShape {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return valueShape({
    words: `a whole number ${range}`,
    holds: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
    wayOut: (value) => (typeof value === 'string' ? 'write a number without quotes' : 'correct it'),
  });
}

/** One of several shapes: the first that a value fits is the one by which it is judged. */
export function either(...shapes: readonly [PropShape, PropShape, ...PropShape[]]): NestedShape {
  const words = shapes.map(wordsFor).join(' or ');
  return {
    required: false,
    words,
    fits: (value) => shapes.some((shape) => fitsShape(value, shape)),
    problems: (path, value) => {
      const fitting = shapes.find((shape) => fitsShape(value, shape));
      if (fitting !== undefined) return problemsAt(path, value, fitting);
      return [typeProblem(`${path} is ${written(path, value)}, must be ${words}: write one of them`)];
    },
  };
}

/** The same shape for a prop that must be there. */
export function required(shape: NestedShape): NestedShape {
  return { ...shape, required: true };
}

/** A shape by a rule on the value as a whole. */
export function valueShape(rule: {
  readonly words: string;
  readonly holds: (value: unknown) => boolean;
  readonly wayOut: (value: unknown) => string;
}): NestedShape {
  const { words, holds, wayOut } = rule;
  return {
    required: false,
    words,
    fits: holds,
    problems: (path, value) =>
      holds(value) ? [] : [typeProblem(`${path} is ${written(path, value)}, must be ${words}: ${wayOut(value)}`)],
  };
}

function mapShape(shapesOf: (value: Readonly<Record<string, unknown>>) => AnyShapes): NestedShape {
  return {
    required: false,
    words: 'an object',
    fits: isMap,
    problems: (path, value) =>
      isMap(value)
        ? mapProblems(value, shapesOf(value), { owner: path, path: `${path}.` })
        : problemsAt(path, value, 'map'),
  };
}
