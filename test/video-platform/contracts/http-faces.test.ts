import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  APIS,
  createVideoBody,
  notifApi,
  problem,
  PROBLEMS,
  queueApi,
  routePath,
  statsApi,
  userApi,
  videoApi,
  type Route,
} from '#contracts';
import { SERVICES } from '#catalog';

const routes = Object.values(APIS).flatMap((api) =>
  Object.entries(api.routes).map(([id, route]): readonly [string, string, Route] => [api.service, id, route]),
);
const videoId = '018f3a2e-2222-7aaa-8bbb-000000000001';

test('each service of the catalog has a face under its route', () => {
  expect(
    Object.entries(APIS)
      .map(([name, api]) => [name, `/api/${api.service}`])
      .sort(),
  ).toEqual(SERVICES.map(({ name, route }) => [name, route]).sort());
});

describe.each(routes)('%s %s', (_service, _id, route) => {
  test('has a schema for exactly the parameters of its path', () => {
    const inPath = [...route.path.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1]);
    expect(Object.keys((route.params as z.ZodObject | undefined)?.shape ?? {}).toSorted()).toEqual(inPath.toSorted());
  });

  test('answers with JSON, with another media type, or with nothing', () => {
    const silent = route.status === 204 || route.status === 202 || !['get'].includes(route.method);
    const kinds = [route.response, route.responseType].filter((kind) => kind !== undefined);
    expect(kinds.length).toBeLessThanOrEqual(1);
    if (!silent) expect(kinds).toHaveLength(1);
    if (route.status === 204) expect(kinds).toHaveLength(0);
  });

  test('can be described as JSON Schema, for the OpenAPI page', () => {
    for (const schema of [route.params, route.query, route.body, route.response]) {
      if (schema) expect(() => z.toJSONSchema(schema as z.ZodType, { io: 'input' })).not.toThrow();
    }
  });
});

test.each(routes.filter(([, , route]) => route.body))(
  '%s %s refuses a field that it does not know',
  (_s, _id, route) => {
    const result = (route.body as z.ZodType | undefined)?.safeParse({
      role: 'admin',
      ownerId: videoId,
      state: 'ready',
    });
    expect(JSON.stringify(result?.error?.issues)).toContain('unrecognized_keys');
  },
);

test('no secret travels in a path or a query, which proxies log', () => {
  const named = routes.flatMap(([service, id, route]) => {
    const { params, query } = route as { readonly params?: z.ZodObject; readonly query?: z.ZodObject };
    const fields = [params, query].flatMap((part) => Object.keys(part?.shape ?? {}));
    return fields.filter((field) => /token|secret|password/i.test(field)).map((field) => `${service} ${id} ${field}`);
  });
  expect(named).toEqual([]);
});

test('no two routes of a service have the same method and shape of path', () => {
  const keys = routes.map(
    ([service, , route]) => `${service} ${route.method} ${route.path.replace(/:[A-Za-z]+/g, ':')}`,
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test('every path of an administrator is closed to others', () => {
  for (const [, id, route] of routes) if (route.path.startsWith('/admin/')) expect(route.access, id).toBe('admin');
});

test('no route but the player’s beat, and those that make a session or look at a link for one, takes a body from a stranger', () => {
  const open = routes.filter(
    ([, , r]) => !['get', 'head'].includes(r.method) && !['session', 'admin'].includes(r.access),
  );
  expect(open.map(([, id]) => id).toSorted()).toEqual([
    'logIn',
    'readFirstAdminLink',
    'recordBeat',
    'redeemFirstAdminLink',
    'signUp',
  ]);
});

describe('routePath', () => {
  test('fills in and percent-encodes parameters', () => {
    expect(routePath(videoApi, 'readVideo', { videoId: 'a/../b' })).toBe('/api/video/videos/a%2F..%2Fb');
    expect(routePath(notifApi, 'markRead', { notificationId: 7 })).toBe('/api/notif/notifications/7/read');
  });

  test('adds the query and leaves out what is undefined', () => {
    expect(routePath(videoApi, 'listVideos', {}, { q: 'a b', tag: undefined, ids: ['x', 'y'] })).toBe(
      '/api/video/videos?q=a+b&ids=x%2Cy',
    );
  });

  test('names a parameter that is missing', () => {
    expect(() => routePath(queueApi, 'readJob')).toThrow('queue readJob: jobId is missing');
  });

  test('makes paths that their own schemas accept', () => {
    const query = new URLSearchParams(routePath(userApi, 'readAudience', {}, { days: 90 }).split('?')[1]);
    expect(userApi.routes.readAudience.query.parse(Object.fromEntries(query))).toEqual({ days: 90 });
    const list = new URLSearchParams(routePath(videoApi, 'listVideos', {}, { ids: [videoId], limit: 3 }).split('?')[1]);
    expect(videoApi.routes.listVideos.query.parse(Object.fromEntries(list))).toEqual({ ids: [videoId], limit: 3 });
  });
});

test('a draft starts private unless its owner says otherwise', () => {
  expect(createVideoBody.parse({ title: 'Cats', fileName: 'cats.mp4', bytes: 1 }).visibility).toBe('private');
});

test('a list gives at most 100 entries', () => {
  expect(videoApi.routes.listVideos.query.safeParse({ limit: '101' }).success).toBe(false);
  expect(statsApi.routes.listTrending.query.safeParse({ limit: '100' }).success).toBe(true);
});

test('a change that changes nothing is refused', () => {
  expect(videoApi.routes.changeVideo.body.safeParse({}).success).toBe(false);
});

test('every problem code makes a right problem', () => {
  for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
    const body = { type: `/problems/${code}`, title, status, code, requestId: 'r1' };
    expect(problem.parse(body)).toEqual(body);
  }
});
