/** The colours of the design, as the style sheet states them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const STYLE = readFileSync('web/src/style.css', 'utf8');
/** Largest difference between the parts of a colour that still counts as grey. */
const GREY_SPREAD = 10;
const ACCENTS = ['accent', 'accent-hover', 'accent-soft'];
const TONES = ['danger', 'danger-soft', 'warn', 'warn-soft', 'good', 'good-soft'];

/** Colours of a theme by the name of their variable; what is no plain colour is left out. */
function coloursOf(theme: 'light' | 'dark'): ReadonlyMap<string, readonly number[]> {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]+)\\}`).exec(STYLE)?.[1] ?? '';
  return new Map(
    [...block.matchAll(/--([a-z-]+): #([0-9a-f]{6});/g)].map(([, name = '', hex = '']) => [
      name,
      [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)),
    ]),
  );
}

const spread = (colour: readonly number[] = []): number => Math.max(...colour) - Math.min(...colour);

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  test('is of neutral greys and one accent; only states have colours of their own', () => {
    const colours = coloursOf(theme);
    const coloured = [...colours].filter(([, colour]) => spread(colour) > GREY_SPREAD).map(([name]) => name);
    const onAccent = theme === 'dark' ? ['on-accent'] : [];
    expect(coloured.toSorted()).toEqual([...ACCENTS, ...TONES, ...onAccent].toSorted());
    expect(colours.size).toBeGreaterThan(coloured.length + 5);
  });
});

test('both themes have the same variables', () => {
  expect([...coloursOf('dark').keys()]).toEqual([...coloursOf('light').keys()]);
});
