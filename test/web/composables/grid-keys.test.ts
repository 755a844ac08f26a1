import { beforeEach, expect, test } from 'vitest';
import { columnsOf, gridTarget, moveInGrid } from '../../../web/src/composables/grid-keys.ts';

test.for([
  ['ArrowRight', 0, 1],
  ['ArrowLeft', 4, 3],
  ['ArrowDown', 1, 4],
  ['ArrowUp', 4, 1],
  ['Home', 5, 0],
  ['End', 0, 6],
] as const)('%s leads from %i to %i in three columns', ([key, from, to]) => {
  expect(gridTarget(key, from, 7, 3)).toBe(to);
});

test.for([
  ['ArrowLeft', 0],
  ['ArrowUp', 2],
  ['ArrowDown', 5],
  ['ArrowRight', 6],
  ['Home', 0],
  ['x', 3],
] as const)('%s leads nowhere from %i', ([key, from]) => {
  expect(gridTarget(key, from, 7, 3)).toBeUndefined();
});

test('counts as columns what stands as high as the first', () => {
  expect(columnsOf([0, 0, 0, 200, 200].map((offsetTop) => ({ offsetTop })))).toBe(3);
  expect(columnsOf([0, 0].map((offsetTop) => ({ offsetTop })))).toBe(2);
  expect(columnsOf([])).toBe(1);
});

let grid: HTMLElement;
beforeEach(() => {
  document.body.innerHTML = `<ul>${'<li><a href="#" data-grid-entry>x</a><a href="#">owner</a></li>'.repeat(3)}</ul>`;
  grid = document.querySelector('ul') as HTMLElement;
});
const entries = () => [...grid.querySelectorAll<HTMLElement>('[data-grid-entry]')];
const press = (init: KeyboardEventInit) => {
  const event = new KeyboardEvent('keydown', { cancelable: true, ...init });
  moveInGrid(event, grid);
  return event;
};

test('moves focus from entry to entry, and keeps the page from scrolling', () => {
  entries()[0]?.focus();
  expect(press({ key: 'ArrowRight' }).defaultPrevented).toBe(true);
  expect(document.activeElement).toBe(entries()[1]);
});

test('leaves keys alone that the browser needs', () => {
  entries()[0]?.focus();
  expect(press({ key: 'ArrowRight', altKey: true }).defaultPrevented).toBe(false);
  expect(press({ key: 'ArrowLeft' }).defaultPrevented).toBe(false);
  expect(document.activeElement).toBe(entries()[0]);
});

test('leaves keys alone while something else than an entry has focus', () => {
  grid.querySelector<HTMLElement>('a:not([data-grid-entry])')?.focus();
  expect(press({ key: 'ArrowRight' }).defaultPrevented).toBe(false);
});
