import type { Settings } from '#contracts';
import { useMediaQuery } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, ref, watchEffect } from 'vue';
import { deviceStore } from '../browser-storage.ts';

/** A theme that somebody chose; `system` follows the device. */
export type ThemeChoice = Settings['theme'];

/** Key in the local storage, which public/theme.js reads before the first paint. */
export const THEME_KEY = 'theme';

/** Light or dark, and who decides. */
export const useTheme = defineStore('theme', () => {
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)');
  const choice = ref<ThemeChoice>(storedChoice());
  const shown = computed(() => (choice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : choice.value));

  watchEffect(() => {
    document.documentElement.dataset['theme'] = shown.value;
  });

  /** Shows a theme from now on, and remembers it on this device. */
  function choose(next: ThemeChoice): void {
    choice.value = next;
    deviceStore.set(THEME_KEY, next);
  }

  return { choice, shown, choose };
});

function storedChoice(): ThemeChoice {
  const stored = deviceStore.get(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}
