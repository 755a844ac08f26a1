/** Every mutating route, as the services' own OpenAPI pages list them, refuses what another site makes a browser send. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APIS, problem, type Api } from '#contracts';
import type { LocalPlatform } from '#local';
import { Member } from '../../../demo/member.ts';
import { newMember, startWholePlatform } from './whole-platform.ts';

const MUTATING = ['post', 'put', 'patch', 'delete'];

let platform: LocalPlatform;
let ada: Member;

beforeAll(async () => {
  platform = await startWholePlatform();
  ada = await newMember(platform, 'Ada');
});

afterAll(async () => await platform.stop());

interface Operation {
  readonly method: string;
  readonly path: string;
}

/** Mutating operations of the page that a service serves. */
async function listedOperations(service: string): Promise<Operation[]> {
  const { status, body } = await ada.send(`/api/${service}/openapi.json`);
  expect(status).toBe(200);
  const { paths } = JSON.parse(body.toString()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => MUTATING.includes(method))
      .map((method) => ({ method, path })),
  );
}

/** Mutating operations of the contracts. */
function declaredOperations(api: Api): Operation[] {
  return Object.values(api.routes)
    .filter(({ method }) => MUTATING.includes(method))
    .map(({ method, path }) => ({ method, path: `/api/${api.service}${path.replace(/:([A-Za-z]+)/g, '{$1}')}` }));
}

const byText = (a: Operation, b: Operation): number => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1);

describe.each(Object.values(APIS).map((api) => [api.service, api] as const))('%s', (service, api) => {
  it('lists every mutating route', async () => {
    expect((await listedOperations(service)).sort(byText)).toEqual(declaredOperations(api).sort(byText));
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that begins alike', { origin: 'ORIGIN.evil.example' }],
    ['a hidden origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling of the site', { 'sec-fetch-site': 'same-site' }],
  ])('refuses them all from %s', async (_, from) => {
    for (const { method, path } of await listedOperations(service)) {
      const answer = await ada.send(
        path.replace(/\{[A-Za-z]+\}/g, () => randomUUID()),
        {
          method: method.toUpperCase(),
          headers: Object.fromEntries(
            Object.entries(from).map(([name, value]) => [name, value.replace('ORIGIN', platform.url)]),
          ),
        },
      );
      expect({ path, method, status: answer.status }).toEqual({ path, method, status: 403 });
      expect(problem.parse(JSON.parse(answer.body.toString())).code).toBe('foreign_origin');
    }
  });
});

it('leaves the session of the one who was tricked as it was', async () => {
  expect((await ada.send('/api/user/me')).status).toBe(200);
});
