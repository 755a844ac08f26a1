import { beforeEach, expect, test } from 'vitest';
import { deviceStore, guardedStore } from '../../web/src/browser-storage.ts';

const closed = (): never => {
  throw new DOMException('closed', 'SecurityError');
};

beforeEach(() => localStorage.clear());

test('keeps values in the storage of the browser', () => {
  deviceStore.set('speed', '2');
  expect(localStorage.getItem('speed')).toBe('2');
  expect(deviceStore.get('speed')).toBe('2');
  expect(deviceStore.names()).toEqual(['speed']);
  deviceStore.remove('speed');
  expect(deviceStore.get('speed')).toBeNull();
});

test('keeps them for the page alone where the browser blocks site data', () => {
  const store = guardedStore(closed);
  store.set('speed', '2');
  expect(store.get('speed')).toBe('2');
  expect(store.names()).toEqual(['speed']);
  store.remove('speed');
  expect(store.get('speed')).toBeNull();
});

test('a value that does not fit any more replaces the older one on this page', () => {
  localStorage.setItem('typed', 'old');
  const full = guardedStore(() => ({ ...localStorage, length: 0, getItem: () => 'old', setItem: closed }) as never);
  full.set('typed', 'new');
  expect(full.get('typed')).toBe('new');
});
