import { createPinia, setActivePinia } from 'pinia';
import { nextTick } from 'vue';
import { beforeEach, expect, test } from 'vitest';
import BEFORE_PAINT from '../../../web/public/theme.js?raw';
import { THEME_KEY, useTheme } from '../../../web/src/stores/theme.ts';

const shown = () => document.documentElement.dataset['theme'];

beforeEach(() => {
  localStorage.clear();
  delete document.documentElement.dataset['theme'];
  setActivePinia(createPinia());
});

test.for(['light', 'dark', 'system', null] as const)(
  'the script before the first paint and the store show the same for %s',
  async (choice) => {
    if (choice !== null) localStorage.setItem(THEME_KEY, choice);
    // the script as the browser runs it: in the global scope, before any module
    window.eval(BEFORE_PAINT);
    const before = shown();
    expect(before).toMatch(/^(light|dark)$/);
    useTheme();
    await nextTick();
    expect(shown()).toBe(before);
  },
);

test('remembers a choice on this device', async () => {
  useTheme().choose('dark');
  await nextTick();
  expect([shown(), localStorage.getItem(THEME_KEY)]).toEqual(['dark', 'dark']);
  setActivePinia(createPinia());
  expect(useTheme().choice).toBe('dark');
});

test('takes a stored value that is no theme for no choice', () => {
  localStorage.setItem(THEME_KEY, 'mauve');
  expect(useTheme().choice).toBe('system');
});
