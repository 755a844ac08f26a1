import { defineStore } from 'pinia';
import { ref } from 'vue';
import { deviceStore } from '../browser-storage.ts';

const NAME = 'shortcuts';

/** Whether single keys do something (WCAG 2.1.4): those of the player, and `/` for the search. A choice for this device. */
export const useShortcuts = defineStore('shortcuts', () => {
  const on = ref(deviceStore.get(NAME) !== 'off');

  function choose(next: boolean): void {
    on.value = next;
    if (next) deviceStore.remove(NAME);
    else deviceStore.set(NAME, 'off');
  }

  return { on, choose };
});
