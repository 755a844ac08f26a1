import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Api, Route } from '#contracts';
import { TEST_ORIGIN, type ServiceStores } from './service-stores.ts';

const SAFE: readonly Route['method'][] = ['get', 'head'];
const FOREIGN = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: `${TEST_ORIGIN}.evil.example` },
  { origin: TEST_ORIGIN, 'sec-fetch-site': 'cross-site' },
] as const;

/** Claims about what every route of a service refuses, made from its API, for its own test file. */
export function claimsOfRefusals(
  api: Api,
  place: () => { readonly url: string; readonly stores: ServiceStores },
): void {
  const routes = Object.entries(api.routes);
  const mutating = routes.filter(([, { method }]) => !SAFE.includes(method));
  const guarded = routes.filter(([, { access }]) => access === 'session' || access === 'admin');
  const forAdmins = routes.filter(([, { access }]) => access === 'admin');

  const ask = async (route: Route, headers: Readonly<Record<string, string>>): Promise<[number, unknown]> => {
    const answer = await fetch(`${place().url}/api/${api.service}${filled(route)}`, {
      method: route.method.toUpperCase(),
      headers: { ...headers, 'x-forwarded-for': '192.0.2.1' },
    });
    const text = await answer.text();
    const body = text === '' ? {} : (JSON.parse(text) as { readonly code?: string });
    return [answer.status, body.code];
  };

  it.each(mutating)('%s refuses a foreign origin, an administrator’s session or not', async (_, route) => {
    const { headers } = await place().stores.logIn({ role: 'admin' });
    for (const foreign of FOREIGN) {
      expect(await ask(route, { ...headers, ...foreign })).toEqual([403, 'foreign_origin']);
    }
  });

  it.each(guarded)('%s refuses who is not logged in', async (_, route) => {
    expect(await ask(route, { origin: TEST_ORIGIN })).toEqual([401, 'no_session']);
    const cookie = `sid=${'x'.repeat(43)}`;
    expect(await ask(route, { origin: TEST_ORIGIN, cookie })).toEqual([401, 'no_session']);
  });

  if (forAdmins.length > 0) {
    it.each(forAdmins)('%s refuses who is no administrator', async (_, route) => {
      const { headers } = await place().stores.logIn();
      expect(await ask(route, headers)).toEqual([403, 'forbidden']);
    });
  }
}

function filled({ path }: Route): string {
  return path.replace(/:([A-Za-z]+)/g, (_, name: string) => (name === 'handle' ? 'somebody' : randomUUID()));
}
