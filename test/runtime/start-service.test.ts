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
        outbox: { up: true, required: false },
        consumers: { up: true },
      },
    });
    expect((await call('/livez')).status).toBe(200);
    expect(await (await call('/api/notes/version')).json()).toEqual({ service: 'notes', version: '1.2.3-test' });
    const metrics = await (await call('/metrics')).text();
    expect(metrics).toContain('message_deliveries_total{durable="notes-notes-written"');
    for (const name of ['message_deliveries_running', 'message_oldest_delivery_seconds']) {
      expect(metrics).toMatch(new RegExp(`^${name}\\{durable="notes-notes-written",service="notes"\\} 0$`, 'm'));
    }
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

describe('the inbox of a service', () => {
  const DAY_SECONDS = 86_400;

  /** Days ago that entries of the inbox are from, after the housekeeping of a replica with streams of some age. */
  async function leftWith(maxAgeSeconds: number): Promise<readonly number[]> {
    const streams = notesTopology.streams.map((stream) => ({ ...stream, maxAgeSeconds }));
    const definition = notesDefinition();
    const parts = { ...definition.parts, topology: { ...notesTopology, streams } };
    await stores.postgres.sql(
      `delete from notes.inbox;
       insert into notes.inbox select 'test', days::text, now() - days * interval '1 day' from unnest('{13,16,100}'::int[]) days;
       insert into notes.idempotency (user_id, operation, key, fingerprint, held_until, created_at)
         values ('ann', 'write', 'old', '', now(), now() - interval '3 days')`,
      'video',
    );
    const replica = await startService({ ...definition, parts }, { env: stores.env(notes), port: 0 });
    // swept after the inbox
    await eventually(async () => {
      expect(await stores.postgres.sql(`select count(*) from notes.idempotency where key = 'old'`, 'video')).toBe('0');
    });
    await replica.stop();
    const left = await stores.postgres.sql(`select message_id from notes.inbox where consumer = 'test'`, 'video');
    return left
      .split('\n')
      .map(Number)
      .sort((a, b) => a - b);
  }

  it('forgets what its streams have forgotten, and nothing where they forget nothing', async () => {
    expect(await leftWith(7 * DAY_SECONDS)).toEqual([13]);
    expect(await leftWith(30 * DAY_SECONDS)).toEqual([13, 16]);
    expect(await leftWith(0)).toEqual([13, 16, 100]);
  });
});
