import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { router } from '../../web/src/router.ts';
import { json, startOrigin, type Origin } from './support/origin.ts';
import { SESSION } from './support/session.ts';

let origin: Origin;
afterEach(async () => {
  await router.replace('/nowhere');
  await origin.close();
});
beforeEach(() => void setActivePinia(createPinia()));

async function as(role: 'nobody' | 'user' | 'admin'): Promise<void> {
  const session = role === 'nobody' ? null : { ...SESSION, account: { ...SESSION.account, role } };
  origin = await startOrigin((_, response) => json(response, 200, { session }));
}

async function open(path: string): Promise<string> {
  await router.push(path);
  return router.currentRoute.value.fullPath;
}

test('who is not logged in is led to the log-in, which leads back', async () => {
  await as('nobody');
  for (const path of [
    '/studio?days=7',
    '/history',
    '/jobs',
    '/videos',
    '/upload',
    '/notifications',
    '/settings',
    '/following',
  ]) {
    await open(path);
    expect(router.currentRoute.value).toMatchObject({ name: 'log-in', query: { next: path } });
  }
});

test('jobs are for the administrator; for others there is nothing at that address', async () => {
  await as('user');
  expect(await open('/jobs')).toBe('/jobs');
  expect(router.currentRoute.value.name).toBe('not-found');
});

test('the administrator opens the jobs', async () => {
  await as('admin');
  await open('/jobs');
  expect(router.currentRoute.value.name).toBe('jobs');
  expect(document.title).toMatch(/^Jobs · /);
});

test('who is logged in is led away from the log-in, and never to another site', async () => {
  await as('user');
  expect(await open('/login?next=/studio')).toBe('/studio');
  expect(await open('/login?next=//elsewhere.example')).toBe('/');
});
