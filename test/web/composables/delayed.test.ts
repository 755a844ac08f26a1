import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { SKELETON_DELAY_MS, useDelayed } from '../../../web/src/composables/delayed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function delayed(waiting = ref(true)) {
  const scope = effectScope();
  const shown = scope.run(() => useDelayed(waiting));
  return { waiting, shown: () => shown?.value, leave: () => scope.stop() };
}

test('shows a skeleton after 150 ms of waiting, and takes it away at once', async () => {
  expect(SKELETON_DELAY_MS).toBe(150);
  const { waiting, shown } = delayed();
  vi.advanceTimersByTime(149);
  expect(shown()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(shown()).toBe(true);
  waiting.value = false;
  await nextTick();
  expect(shown()).toBe(false);
});

test('a short wait shows nothing', async () => {
  const { waiting, shown } = delayed();
  vi.advanceTimersByTime(100);
  waiting.value = false;
  await nextTick();
  vi.advanceTimersByTime(1000);
  expect(shown()).toBe(false);
});

test('leaves no timer behind', () => {
  const { leave } = delayed();
  leave();
  expect(vi.getTimerCount()).toBe(0);
});
