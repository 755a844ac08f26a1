/** Stores that fall silent: connections stay open and nothing comes, as after a dropped route or a failover. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type RunningService } from '#runtime';
import { eventually } from '#test-support/eventually';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { TcpProxy } from '#test-support/tcp-proxy';
import { notes, notesDefinition, notesTopology, type NotesTables } from './sample-service.ts';

/** In which a request is answered, whatever is silent. */
const ANSWER_MS = 10_000;

let stores: ServiceStores;
let postgres: TcpProxy;
let redis: TcpProxy;
let nats: TcpProxy;
let running: RunningService<typeof notes, NotesTables>;

beforeAll(async () => {
  stores = await startServiceStores(notesTopology);
  [postgres, redis, nats] = await Promise.all([
    TcpProxy.before(stores.postgres),
    TcpProxy.before(stores.redis),
    TcpProxy.before(stores.nats),
  ]);
  const env = stores.env(notes, {
    ...{ NOTES_MAX: '1000', RATE_LIMIT: '0', DB_STATEMENT_TIMEOUT_MS: '1000' },
    ...{ DB_HOST: '127.0.0.1', DB_PORT: String(postgres.port) },
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    NATS_URL: `nats://127.0.0.1:${nats.port}`,
  });
  running = await startService(notesDefinition(), { env, port: 0 });
});

afterAll(async () => {
  await running.stop();
  await Promise.all([postgres, redis, nats].map(async (proxy) => await proxy.stop()));
  await stores.stop();
});

/** Writes a note; with the status of its answer, which must not be long in coming. */
async function write(who: LoggedIn, key: string = randomUUID()): Promise<number> {
  const answer = await fetch(`${running.url}/api/notes/notes`, {
    method: 'POST',
    headers: { ...who.headers, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ text: key }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  return answer.status;
}

async function list(who: LoggedIn): Promise<number> {
  const url = `${running.url}/api/notes/notes`;
  return (await fetch(url, { headers: who.headers, signal: AbortSignal.timeout(ANSWER_MS) })).status;
}

/** Writes under one key until it is accepted. */
async function writeSurely(who: LoggedIn): Promise<void> {
  const key = randomUUID();
  await eventually(async () => expect(await write(who, key)).toBe(201), 15_000);
}

/** Resolves when each note of somebody was told of and counted, once. */
async function counted(who: LoggedIn, times: number): Promise<void> {
  const query = `select (select count(*) from notes.note where owner_id = '${who.userId}')
    || ' ' || (select notes from notes.tally where owner_id = '${who.userId}')`;
  await eventually(async () => expect(await stores.postgres.sql(query, 'video')).toBe(`${times} ${times}`), 30_000);
}

describe('connections that fall silent while new ones work', () => {
  it('to PostgreSQL: each request is answered, and what is repeated under its key exists once', async () => {
    const who = await stores.logIn();
    await Promise.all(Array.from({ length: 10 }, async () => await writeSurely(who)));
    postgres.freezeOpen();
    const reads = await Promise.all(Array.from({ length: 15 }, async () => await list(who)));
    expect(reads.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await Promise.all(Array.from({ length: 10 }, async () => await writeSurely(who)));
    expect(await list(who)).toBe(200);
    await counted(who, 20);
  });

  it('to PostgreSQL at a commit, whose outcome nobody knows: it fails as the store’s absence, which is a 503', async () => {
    const committed = running.service.transaction(async (trx) => {
      await trx.insertInto('tally').values({ owner_id: randomUUID(), notes: 0 }).execute();
      postgres.freezeOpen();
    });
    await expect(committed).rejects.toMatchObject({ name: 'DependencyError', dependency: 'postgres' });
    await writeSurely(await stores.logIn());
  });

  it('to Redis: what fails is 503, and the connection is replaced', async () => {
    const who = await stores.logIn();
    redis.freezeOpen();
    expect(await list(who)).toBe(503);
    await eventually(async () => expect(await list(who)).toBe(200), 5000);
  });

  it('to NATS: HTTP goes on, and all that was accepted is handled once', async () => {
    const who = await stores.logIn();
    nats.freezeOpen();
    for (let i = 0; i < 10; i += 1) expect(await write(who)).toBe(201);
    await counted(who, 10);
  });
});

describe('a statement that takes too long', () => {
  it('is ended by PostgreSQL, and its request is a 503 that may be repeated', async () => {
    const who = await stores.logIn();
    await writeSurely(who);
    const holding = await running.service.db.startTransaction().execute();
    const { note_id } = await holding
      .selectFrom('note')
      .select('note_id')
      .where('owner_id', '=', who.userId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const answer = await fetch(`${running.url}/api/notes/notes/${note_id}`, {
      method: 'PATCH',
      headers: { ...who.headers, 'content-type': 'application/json', 'if-match': '"v1"' },
      body: JSON.stringify({ text: 'waits for the row' }),
    });
    await holding.rollback().execute();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({ code: 'unavailable', dependency: 'postgres' });
  });
});

describe('a transaction that met another one', () => {
  it.each(['40P01', '40001'])('(%s) runs again, and its effect is there once', async (code) => {
    const { service } = running;
    const owner_id = randomUUID();
    let runs = 0;
    await service.transaction(async (trx) => {
      runs += 1;
      await trx.insertInto('tally').values({ owner_id, notes: runs }).execute();
      if (runs < 3)
        await sql`do $$ begin raise exception 'met' using errcode = '${sql.raw(code)}'; end $$`.execute(trx);
    });
    expect(runs).toBe(3);
    const rows = await service.db.selectFrom('tally').select('notes').where('owner_id', '=', owner_id).execute();
    expect(rows).toEqual([{ notes: 3 }]);
  });

  it('fails as something to be tried again when that never goes well', async () => {
    const failing = running.service.transaction(async (trx) => {
      await sql`do $$ begin raise exception 'met' using errcode = '40001'; end $$`.execute(trx);
    });
    await expect(failing).rejects.toMatchObject({ code: '40001' });
  });
});

describe('a store that is silent to all', () => {
  it('is told within the time of a request, and is used again when it answers', async () => {
    const who = await stores.logIn();
    postgres.freeze();
    expect(await Promise.all([write(who), write(who), list(who)])).toEqual([503, 503, 503]);
    expect((await fetch(`${running.url}/livez`)).status).toBe(200);
    postgres.resume();
    await writeSurely(who);
    await counted(who, 1);
  });
});
