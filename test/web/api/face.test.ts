import { APIS, LIVE_EVENTS } from '#contracts';
import { faces, liveEventNames } from 'virtual:contract-faces';
import { expect, test } from 'vitest';

test('knows every operation of the contracts by its method and path, and nothing besides', () => {
  const expected = Object.fromEntries(
    Object.entries(APIS).map(([name, api]) => [
      name,
      {
        service: api.service,
        routes: Object.fromEntries(Object.entries(api.routes).map(([id, { method, path }]) => [id, { method, path }])),
      },
    ]),
  );
  expect(faces).toEqual(expected);
});

test('knows the names of the live events', () => expect(liveEventNames).toEqual(Object.keys(LIVE_EVENTS)));
