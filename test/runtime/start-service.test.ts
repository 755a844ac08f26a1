import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type RunningService } from '#runtime';
import { startServiceStores, TEST_ORIGIN, type ServiceStores } from '#test-support/service-stores';
import { eventually } from '#test-support/eventually';
import { notes, notesDefinition, notesTopology, type NotesTables } from './sample-service.ts';

let stores: ServiceStores;
let running: RunningService<typeof notes, NotesTables>;

beforeAll(async () => {
  stores = await startServiceStores(notesTopology);
  running = await startService(notesDefinition(), { env: stores.env(notes), port: 0 });
});

afterAll(async () => {
  await running.stop();
  await stores.stop();
});

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.body === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers };
  return await fetch(`${running.url}${path}`, { ...init, headers });
}

describe('a service that runs', () => {
  it('carries a change through outbox, stream and inbox into its effect', async () => {
    const { userId, headers } = await stores.logIn();
    const written = await call('/api/notes/notes', { method: 'POST', headers, body: '{"text":"hello"}' });
    expect(written.status).toBe(201);
    const { noteId } = (await written.json()) as { noteId: string };
    await eventually(async () => {
      const tally = await running.service.db.selectFrom('tally').selectAll().where('owner_id', '=', userId).execute();
      expect(tally).toEqual([{ owner_id: userId, notes: 1 }]);
    });
    expect(await running.service.db.selectFrom('outbox').selectAll().execute()).toEqual([]);
    const read = await call(`/api/notes/notes/${noteId}`, { headers });
    expect(read.headers.get('etag')).toBe('"v1"');
  });

  it('tells per dependency whether it is ready', async () => {
    const answer = await call('/readyz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      ready: true,
      phase: 'ready',
      dependencies: {
        postgres: { up: true, required: false },
        redis: { up: true, required: false },
        nats: { up: true, required: false },
        consumers: { up: true },
      },
    });
    expect((await call('/livez')).status).toBe(200);
    expect(await (await call('/api/notes/version')).json()).toEqual({ service: 'notes', version: '1.2.3-test' });
    expect(await (await call('/metrics')).text()).toContain('message_deliveries_total{durable="notes-notes-written"');
  });

  it('asks for a session, the right role, and hides what is not yours', async () => {
    const { headers } = await stores.logIn();
    const admin = await stores.logIn({ role: 'admin' });
    expect((await call('/api/notes/notes')).status).toBe(401);
    expect((await call('/api/notes/admin/count', { headers })).status).toBe(403);
    expect((await call('/api/notes/admin/count', { headers: admin.headers })).status).toBe(200);
    expect((await call(`/api/notes/notes/${randomUUID()}`)).status).toBe(404);
    expect((await call('/api/notes/notes/no-id')).status).toBe(404);
  });

  it.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a null origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: TEST_ORIGIN }],
    ['a sibling site', { 'sec-fetch-site': 'same-site', origin: TEST_ORIGIN }],
  ])('refuses a mutation from %s', async (_, from) => {
    const { headers } = await stores.logIn();
    const answer = await call('/api/notes/notes', {
      method: 'POST',
      headers: { ...headers, ...(from as Record<string, string>) },
      body: '{"text":"x"}',
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'foreign_origin', type: '/problems/foreign_origin' });
  });
});
