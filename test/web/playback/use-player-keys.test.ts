import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineComponent, h, shallowRef } from 'vue';
import { usePlayerKeys } from '../../../web/src/playback/use-player-keys.ts';
import { useShortcuts } from '../../../web/src/stores/shortcuts.ts';

const Player = defineComponent(() => {
  const [frame, video] = [shallowRef<HTMLElement | null>(null), shallowRef<HTMLVideoElement | null>(null)];
  usePlayerKeys({ frame, video, toggleFullscreen: () => undefined });
  return () => [
    h('main', { id: 'page' }),
    h('div', { id: 'player', ref: frame, tabindex: -1 }, [h('video', { ref: video })]),
  ];
});

let leave: () => void;
beforeEach(() => {
  localStorage.clear();
  setActivePinia(createPinia());
  const mounted = mount(Player, { attachTo: document.body });
  leave = () => mounted.unmount();
});
afterEach(() => leave());

/** Presses a key; true when something took it. */
function press(key: string, at: string): boolean {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  document.querySelector(at)?.dispatchEvent(event);
  return event.defaultPrevented;
}

test('takes keys in the player, and leaves them to the page elsewhere', () => {
  expect(press('m', '#player')).toBe(true);
  expect(document.querySelector('video')?.muted).toBe(true);
  expect([' ', 'ArrowDown', 'ArrowUp', 'm', '5'].some((key) => press(key, '#page'))).toBe(false);
  expect(document.querySelector('video')?.muted).toBe(true);
});

test('takes none while single keys are switched off', () => {
  useShortcuts().choose(false);
  expect(press('m', '#player')).toBe(false);
  useShortcuts().choose(true);
  expect(press('m', '#player')).toBe(true);
});

test('the choice is kept on this device', () => {
  useShortcuts().choose(false);
  setActivePinia(createPinia());
  expect(useShortcuts().on).toBe(false);
});
