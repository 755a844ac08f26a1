import { sql } from 'kysely';
import { connect } from 'nats';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type RunningService } from '#runtime';
import type { OpenNats } from '#runtime/events/connection';
import { eventually } from '#test-support/eventually';
import { deliver } from '#test-support/redelivery';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { notes, notesDefinition, notesTopology, noteWritten, type NotesTables } from './sample-service.ts';

let stores: ServiceStores;
let running: RunningService<typeof notes, NotesTables>;
const fatal: string[] = [];
const written: string[] = [];

beforeAll(async () => {
  stores = await startServiceStores(notesTopology);
  const definition = notesDefinition({ onWritten: async (text) => Promise.resolve(void written.push(text)) });
  const env = stores.env(notes, { NOTES_MAX: '100', RATE_LIMIT: '100000' });
  running = await startService(definition, { env, port: 0, onFatal: (error) => fatal.push(error.message) });
});

afterAll(async () => {
  await running.stop();
  await stores.stop();
});

async function write(who: LoggedIn, text: string): Promise<Response> {
  return await fetch(`${running.url}/api/notes/notes`, {
    method: 'POST',
    headers: { ...who.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
}

async function readiness(): Promise<{ status: number; up: Record<string, boolean> }> {
  const answer = await fetch(`${running.url}/readyz`);
  const { dependencies } = (await answer.json()) as { dependencies: Record<string, { up: boolean }> };
  return { status: answer.status, up: Object.fromEntries(Object.entries(dependencies).map(([k, v]) => [k, v.up])) };
}

async function untilReady(): Promise<void> {
  await eventually(async () => {
    const { status, up } = await readiness();
    const all = { postgres: true, redis: true, nats: true, outbox: true, consumers: true };
    expect({ status, up }).toEqual({ status: 200, up: all });
  }, 20_000);
}

describe('a service whose stores go away', () => {
  it('without Redis: says which dependency is away, keeps its place in the edge, and goes on when it is back', async () => {
    const who = await stores.logIn();
    await stores.redis.halt('SIGKILL');
    await eventually(async () => expect(await readiness()).toMatchObject({ status: 200, up: { redis: false } }));
    const refused = await write(who, 'no session to look at');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ code: 'unavailable', dependency: 'redis' });
    expect((await fetch(`${running.url}/livez`)).status).toBe(200);
    await stores.redis.start();
    await untilReady();
    expect((await write(await stores.logIn(), 'back')).status).toBe(201);
  });

  it('with a Redis that hangs: answers 503 within the time of a command', async () => {
    const who = await stores.logIn();
    stores.redis.process?.pause();
    const startedAt = performance.now();
    expect((await write(who, 'hangs')).status).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(6000);
    stores.redis.process?.resume();
    await untilReady();
  });

  it('without NATS: takes what is written and publishes all of it when it is back', async () => {
    const who = await stores.logIn();
    written.length = 0;
    await stores.nats.halt('SIGKILL');
    await eventually(async () => expect(await readiness()).toMatchObject({ status: 200, up: { nats: false } }));
    const texts = Array.from({ length: 12 }, (_, n) => `while away ${n}`);
    for (const text of texts) expect((await write(who, text)).status).toBe(201);
    expect(written).toEqual([]);
    await stores.nats.start();
    await eventually(() => expect([...written].sort()).toEqual([...texts].sort()), 30_000);
    await untilReady();
    expect(await stores.postgres.sql('select count(*) from notes.outbox', 'video')).toBe('0');
  });

  it('without PostgreSQL: says so and keeps its place in the edge, answers 503, and goes on when it is back', async () => {
    const who = await stores.logIn();
    await stores.postgres.halt('SIGKILL');
    await eventually(async () => expect(await readiness()).toMatchObject({ status: 200, up: { postgres: false } }));
    const refused = await write(who, 'nowhere to keep it');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ dependency: 'postgres' });
    await stores.postgres.start();
    await untilReady();
    written.length = 0;
    expect((await write(who, 'kept')).status).toBe(201);
    await eventually(() => expect(written).toEqual(['kept']));
  });

  it('with a PostgreSQL that takes no writes: names it, answers 503, and uses up no delivery meanwhile', async () => {
    const who = await stores.logIn();
    const admin = await stores.adminNats();
    written.length = 0;
    await stores.postgres.sql(`alter system set default_transaction_read_only = on`);
    await stores.postgres.sql('select pg_reload_conf()');
    const ids = Array.from({ length: 5 }, () => randomUUID());
    for (const id of ids) {
      const data = { noteId: id, ownerId: who.userId, text: id };
      await deliver(admin, 'notes', noteWritten, { id, aggregate: id, data });
    }
    await eventually(async () => expect(await readiness()).toMatchObject({ status: 200, up: { postgres: false } }));
    const refused = await write(who, 'takes no writes');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ dependency: 'postgres' });
    expect((await fetch(`${running.url}/api/notes/notes`, { headers: who.headers })).status).toBe(200);
    await stores.postgres.sql('alter system reset default_transaction_read_only');
    await stores.postgres.sql('select pg_reload_conf()');
    await eventually(async () => {
      const counted = `select notes from notes.tally where owner_id = '${who.userId}'`;
      expect(await stores.postgres.sql(counted, 'video')).toBe('5');
    }, 20_000);
    const letters = await (await admin.connection.jetstreamManager({ checkAPI: false })).streams.info('DLQ');
    expect(letters.state.messages).toBe(0);
    await untilReady();
  });

  it('with a pool that is busy: stays ready and calls nothing absent', async () => {
    const { db } = running.service;
    const holding = await Promise.all(Array.from({ length: 10 }, async () => await db.startTransaction().execute()));
    await Promise.all(holding.map(async (trx) => await sql`select 1`.execute(trx)));
    const { status, up } = await readiness();
    await Promise.all(holding.map(async (trx) => await trx.rollback().execute()));
    expect({ status, postgres: up.postgres }).toEqual({ status: 200, postgres: true });
  });

  it('with a NATS that is about to stop: leaves it at once and stays in the edge', async () => {
    const who = await stores.logIn();
    written.length = 0;
    stores.nats.process?.kill('SIGUSR2');
    await eventually(async () => expect(await readiness()).toMatchObject({ status: 200, up: { nats: false } }), 5000);
    expect((await write(who, 'lame duck')).status).toBe(201);
    await stores.nats.halt('SIGKILL');
    await stores.nats.start();
    await eventually(() => expect(written).toEqual(['lame duck']), 30_000);
    await untilReady();
  });

  it('with a stream deleted: makes it again and loses nothing that waits in the outbox', async () => {
    const who = await stores.logIn();
    const admin = await stores.adminNats();
    const manager = await admin.connection.jetstreamManager({ checkAPI: false });
    await manager.streams.delete('EVENTS');
    written.length = 0;
    expect((await write(who, 'after the deletion')).status).toBe(201);
    await eventually(() => expect(written).toEqual(['after the deletion']), 40_000);
    await untilReady();
  });
});

describe('permissions', () => {
  it('let the service do what it declares and nothing else; what is denied is fatal', async () => {
    expect(fatal).toEqual([]);
    (running.service.nats as OpenNats).connection.publish('events.auth.account_created', 'forged');
    await eventually(() => expect(fatal).toHaveLength(1));
    expect(fatal[0]).toMatch(/nats denied an operation/);
    expect((await fetch(`${running.url}/livez`)).status).toBe(503);
  });

  it('keep it out of the inboxes of others', async () => {
    const { NATS_PASSWORD, NATS_INBOX_PREFIX } = stores.env(notes);
    const client = await connect({
      ...{ servers: stores.nats.url, user: 'notes', pass: NATS_PASSWORD, inboxPrefix: NATS_INBOX_PREFIX },
      reconnect: false,
    });
    const refused = new Promise<string>((resolve) => {
      client.subscribe('_INBOX_auth.>', { callback: (error) => resolve(String(error)) });
    });
    expect(await refused).toMatch(/Permissions Violation/);
    await client.close();
  });
});
