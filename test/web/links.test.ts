import { expect, test } from 'vitest';
import { channelPath, logInPath, safeNext, searchPath } from '../../web/src/links.ts';
import { readRuntimeConfig } from '../../web/src/runtime-config.ts';

test.for(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '', undefined, ['/a']])(
  'leads nowhere else than home for %s',
  (next) => expect(safeNext(next)).toBe('/'),
);

test('leads back to a page of this site', () => expect(safeNext('/watch/1?t=3#c')).toBe('/watch/1?t=3#c'));

test('escapes what somebody typed', () => {
  expect(searchPath('a&b=c #1')).toBe('/search?q=a%26b%3Dc%20%231');
  expect(channelPath('ada')).toBe('/@ada');
  expect([logInPath('/'), logInPath('/upload?x=1')]).toEqual(['/login', '/login?next=%2Fupload%3Fx%3D1']);
});

test('takes of the settings what has the right type', () => {
  expect(readRuntimeConfig({ name: 'Kino' }).name).toBe('Kino');
  expect(readRuntimeConfig({ name: 7 }).name).toBe('Reel');
  expect(readRuntimeConfig(undefined).name).toBe('Reel');
});
