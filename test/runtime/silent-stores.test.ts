/** Stores that fall silent: connections stay open and nothing comes, as after a dropped route or a failover. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { startNotesBehindProxies, type NotesBehindProxies } from './notes-behind-proxies.ts';

let service: NotesBehindProxies;

beforeAll(async () => {
  service = await startNotesBehindProxies();
});

afterAll(async () => {
  await service.stop();
});

describe('connections that fall silent while new ones work', () => {
  it('to PostgreSQL: each request is answered, and what is repeated under its key exists once', async () => {
    const who = await service.stores.logIn();
    await Promise.all(Array.from({ length: 10 }, async () => await service.writeSurely(who)));
    service.proxies.postgres.freezeOpen();
    const reads = await Promise.all(Array.from({ length: 15 }, async () => await service.list(who)));
    expect(reads.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await Promise.all(Array.from({ length: 10 }, async () => await service.writeSurely(who)));
    expect(await service.list(who)).toBe(200);
    await service.counted(who, 20);
  });

  it('to PostgreSQL at a commit, whose outcome nobody knows: it fails as the store’s absence, which is a 503', async () => {
    const committed = service.running.service.transaction(async (trx) => {
      await trx.insertInto('tally').values({ owner_id: randomUUID(), notes: 0 }).execute();
      service.proxies.postgres.freezeOpen();
    });
    await expect(committed).rejects.toMatchObject({ name: 'DependencyError', dependency: 'postgres' });
    await service.writeSurely(await service.stores.logIn());
  });

  it('to Redis: what fails is 503, and the connection is replaced', async () => {
    const who = await service.stores.logIn();
    service.proxies.redis.freezeOpen();
    expect(await service.list(who)).toBe(503);
    await eventually(async () => expect(await service.list(who)).toBe(200), 5000);
  });

  it('to NATS: HTTP goes on, and all that was accepted is handled once', async () => {
    const who = await service.stores.logIn();
    service.proxies.nats.freezeOpen();
    for (let i = 0; i < 10; i += 1) expect(await service.write(who)).toBe(201);
    await service.counted(who, 10);
  });
});

describe('a statement that takes too long', () => {
  it('is ended by PostgreSQL, and its request is a 503 that may be repeated', async () => {
    const who = await service.stores.logIn();
    await service.writeSurely(who);
    const holding = await service.running.service.db.startTransaction().execute();
    const { note_id } = await holding
      .selectFrom('note')
      .select('note_id')
      .where('owner_id', '=', who.userId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const answer = await fetch(`${service.running.url}/api/notes/notes/${note_id}`, {
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
    const { service: face } = service.running;
    const owner_id = randomUUID();
    let runs = 0;
    await face.transaction(async (trx) => {
      runs += 1;
      await trx.insertInto('tally').values({ owner_id, notes: runs }).execute();
      if (runs < 3)
        await sql`do $$ begin raise exception 'met' using errcode = '${sql.raw(code)}'; end $$`.execute(trx);
    });
    expect(runs).toBe(3);
    const rows = await face.db.selectFrom('tally').select('notes').where('owner_id', '=', owner_id).execute();
    expect(rows).toEqual([{ notes: 3 }]);
  });

  it('fails as something to be tried again when that never goes well', async () => {
    const failing = service.running.service.transaction(async (trx) => {
      await sql`do $$ begin raise exception 'met' using errcode = '40001'; end $$`.execute(trx);
    });
    await expect(failing).rejects.toMatchObject({ code: '40001' });
  });
});

describe('a store that is silent to all', () => {
  it('is told within the time of a request, and is used again when it answers', async () => {
    const who = await service.stores.logIn();
    service.proxies.postgres.freeze();
    expect(await Promise.all([service.write(who), service.write(who), service.list(who)])).toEqual([503, 503, 503]);
    expect((await fetch(`${service.running.url}/livez`)).status).toBe(200);
    service.proxies.postgres.resume();
    await service.writeSurely(who);
    await service.counted(who, 1);
  });
});
