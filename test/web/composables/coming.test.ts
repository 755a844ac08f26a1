import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, ref, type Ref } from 'vue';
import { PATIENCE_MS, useComing } from '../../../web/src/composables/coming.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const read = (isPending = true, failureCount = 0) => ({ isPending: ref(isPending), failureCount: ref(failureCount) });

function coming(...reads: readonly ReturnType<typeof read>[]): () => boolean | undefined {
  const shown: Readonly<Ref<boolean>> | undefined = effectScope().run(() => useComing(() => reads));
  return () => shown?.value;
}

test('waits until all are there', () => {
  const [one, other] = [read(), read()];
  const waits = coming(one, other);
  expect(waits()).toBe(true);
  one.isPending.value = false;
  expect(waits()).toBe(true);
  other.isPending.value = false;
  expect(waits()).toBe(false);
});

test('does not wait for what failed once', () => {
  const one = read();
  const waits = coming(one);
  one.failureCount.value = 1;
  expect(waits()).toBe(false);
});

test('does not wait for long', () => {
  const waits = coming(read());
  vi.advanceTimersByTime(PATIENCE_MS);
  expect(waits()).toBe(false);
});
