import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TOAST_MS, useToasts } from '../../../web/src/stores/toasts.ts';

let toasts: ReturnType<typeof useToasts>;
beforeEach(() => {
  vi.useFakeTimers();
  setActivePinia(createPinia());
  toasts = useToasts();
});
afterEach(() => {
  vi.useRealTimers();
});
const texts = () => toasts.toasts.map(({ text }) => text);

test('goes by itself, later when it can be taken back', () => {
  toasts.tell('plain');
  toasts.tell('with a way back', { undo: () => undefined });
  vi.advanceTimersByTime(TOAST_MS.plain);
  expect(texts()).toEqual(['with a way back']);
  vi.advanceTimersByTime(TOAST_MS.undo - TOAST_MS.plain);
  expect(texts()).toEqual([]);
});

test('stays while somebody looks at it', () => {
  toasts.tell('held');
  const id = toasts.toasts[0]?.id ?? 0;
  toasts.hold(id);
  vi.advanceTimersByTime(60_000);
  expect(texts()).toEqual(['held']);
  toasts.release(id);
  vi.advanceTimersByTime(TOAST_MS.plain);
  expect(texts()).toEqual([]);
});

test('takes back once, and goes', async () => {
  const undo = vi.fn();
  toasts.tell('done', { undo });
  const [toast] = toasts.toasts;
  if (toast) await toasts.undo(toast);
  expect(undo).toHaveBeenCalledOnce();
  expect(texts()).toEqual([]);
});

test('says when taking back did not work', async () => {
  toasts.tell('done', { undo: () => Promise.reject(new Error('away')) });
  const [toast] = toasts.toasts;
  if (toast) await toasts.undo(toast);
  expect(texts()).toEqual(['Could not undo.']);
});

test('shows the last three at most', () => {
  for (const text of ['a', 'b', 'c', 'd']) toasts.tell(text);
  expect(texts()).toEqual(['b', 'c', 'd']);
});
