import { afterEach, expect, test } from 'vitest';
import { actionWords, playerAction } from '../../../web/src/playback/player-keys.ts';

const press = (key: string, target: EventTarget | null = document.body, more: object = {}) =>
  playerAction({ key, target, altKey: false, ctrlKey: false, metaKey: false, defaultPrevented: false, ...more });

function on(markup: string): Element {
  document.body.innerHTML = markup;
  const [element] = document.body.querySelectorAll('#at');
  if (!element) throw new Error('the markup has no #at');
  return element;
}
afterEach(() => (document.body.innerHTML = ''));

test('space, arrows, f, m and the digits drive the player', () => {
  expect(press(' ')).toEqual({ kind: 'toggle' });
  expect(press('ArrowLeft')).toEqual({ kind: 'seek', seconds: -5 });
  expect(press('ArrowRight')).toEqual({ kind: 'seek', seconds: 5 });
  expect([press('ArrowUp'), press('ArrowDown')]).toEqual([
    { kind: 'volume', change: 0.05 },
    { kind: 'volume', change: -0.05 },
  ]);
  expect([press('f'), press('F'), press('m')].map((action) => action?.kind)).toEqual([
    'fullscreen',
    'fullscreen',
    'mute',
  ]);
  expect([press('0'), press('9')]).toEqual([
    { kind: 'jump', part: 0 },
    { kind: 'jump', part: 9 },
  ]);
});

test.for(['<input id="at">', '<textarea id="at"></textarea>', '<div role="dialog"><p id="at"></p></div>'])(
  'leaves %s its keys',
  (markup) => {
    const at = on(markup);
    expect([' ', 'm', '5', 'ArrowUp'].map((key) => press(key, at))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  },
);

test('leaves a button and a link the space, a slider and tabs the arrows', () => {
  expect([press(' ', on('<button id="at"></button>')), press('m', on('<button id="at"></button>'))?.kind]).toEqual([
    undefined,
    'mute',
  ]);
  expect(press(' ', on('<a href="/x"><b id="at"></b></a>'))).toBeUndefined();
  expect(press('ArrowLeft', on('<media-time-range id="at"></media-time-range>'))).toBeUndefined();
  expect(press('ArrowLeft', on('<div role="tablist"><button id="at"></button></div>'))).toBeUndefined();
});

test('leaves the browser its shortcuts', () => {
  expect(press('f', document.body, { ctrlKey: true })).toBeUndefined();
  expect(press('ArrowLeft', document.body, { altKey: true })).toBeUndefined();
  expect(press('m', document.body, { defaultPrevented: true })).toBeUndefined();
  expect(press('q')).toBeUndefined();
});

test('says what a key did', () => {
  const player = { volume: 0.85, muted: true };
  expect(actionWords({ kind: 'seek', seconds: -5 }, player)).toBe('−5 s');
  expect(actionWords({ kind: 'volume', change: 0.05 }, player)).toBe('Volume 85 %');
  expect(actionWords({ kind: 'mute' }, player)).toBe('Muted');
});
