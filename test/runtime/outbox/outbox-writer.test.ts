import { CamelCasePlugin, sql, type Kysely, type Transaction } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMessage } from '#declare';
import type { RunningPostgres } from '#local';
import { openDatabase } from '#runtime/database/database';
import { inboxGroups } from '#runtime/database/inbox-groups';
import { migrate } from '#runtime/database/migrations';
import { OutboxWriter, type Transact } from '#runtime/outbox/outbox-writer';
import { createLogger, defineMigrations, type OpenDatabase, type RuntimeTables } from '#runtime';
import { startPostgres } from '#test-support/postgres';

const changed = defineMessage({ subject: 'events.thing.changed', payload: z.object({ n: z.int() }) });
const log = createLogger({ service: 'test', version: '0', level: 'silent' });
const SCHEMA = 'odd "thing';

let server: RunningPostgres;
let opened: OpenDatabase;
let db: Kysely<RuntimeTables>;
let commits: number;
let outbox: OutboxWriter;
let transact: Transact<unknown>;

beforeAll(async () => {
  server = await startPostgres({ database: 'video' });
  await server.sql(`create schema "odd ""thing"`, 'video');
  opened = await openDatabase<unknown>({ url: server.url, schema: SCHEMA, poolMax: 10, deadlineMs: 5000, log });
  db = opened.db as unknown as Kysely<RuntimeTables>;
  await migrate(opened.db, SCHEMA, defineMigrations({}));
});

beforeEach(async () => {
  commits = 0;
  outbox = new OutboxWriter('thing', () => (commits += 1));
  transact = outbox.transactOn<unknown>(opened.db);
  for (const table of ['outbox', 'outbox_later'] as const) await db.deleteFrom(table).execute();
});

afterAll(async () => {
  await opened.close();
  await server.stop();
});

async function enqueue(trx: Transaction<RuntimeTables>, n: number, aggregate = 'a', id?: string): Promise<void> {
  await outbox.enqueue(trx, changed, { aggregate, data: { n }, ...(id === undefined ? {} : { id }) });
}

/** The numbers of the messages in the outbox, by position. */
async function written(): Promise<readonly unknown[]> {
  const rows = await db.selectFrom('outbox').select('envelope').orderBy('position').execute();
  return rows.map(({ envelope }) => (envelope.data as { readonly n: number }).n);
}

/** Something to wait for, and what ends the wait. */
function signal(): { readonly raised: Promise<void>; raise(): void } {
  let raise = (): void => undefined;
  const raised = new Promise<void>((resolve) => (raise = resolve));
  return { raised, raise };
}

describe('messages of a transaction', () => {
  it('are written in their order, as its last statement, and told of after the commit', async () => {
    await transact(async (trx) => {
      for (const n of [1, 2, 3]) await enqueue(trx, n, `aggregate ${n % 2}`);
      const seen = await trx.selectFrom('outbox').select('position').execute();
      expect(seen).toEqual([]);
    });
    expect(await written()).toEqual([1, 2, 3]);
    expect(commits).toBe(1);
  });

  it('are not there when it was rolled back, nor is anybody told', async () => {
    const failed = transact(async (trx) => {
      await enqueue(trx, 1);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await written()).toEqual([]);
    expect(commits).toBe(0);
  });

  it('are refused where they are enqueued when the message does not allow the data', async () => {
    const refused = transact(async (trx) => {
      await expect(enqueue(trx, 1.5)).rejects.toThrow(/events\.thing\.changed/);
      await enqueue(trx, 2);
    });
    await refused;
    expect(await written()).toEqual([2]);
  });

  it('are kept once for one id, in one transaction and in two', async () => {
    const twice = async (trx: Transaction<RuntimeTables>): Promise<void> => {
      await enqueue(trx, 1, 'a', 'same');
      await enqueue(trx, 1, 'a', 'same');
    };
    await transact(twice);
    await transact(twice);
    expect(await db.selectFrom('outbox').select('message_id').execute()).toEqual([{ message_id: 'thing:same' }]);
  });

  it('after a savepoint go with it when it is rolled back', async () => {
    await transact(async (trx) => {
      await enqueue(trx, 1);
      await sql`savepoint ${sql.id('One')}`.execute(trx);
      await enqueue(trx, 2);
      await sql`savepoint two`.execute(trx);
      await enqueue(trx, 3);
      await sql`rollback to savepoint TWO`.execute(trx);
      await enqueue(trx, 4);
      await sql`rollback to ${sql.id('One')}`.execute(trx);
      await enqueue(trx, 5);
      await sql`savepoint two`.execute(trx);
      await enqueue(trx, 6);
      await sql`release savepoint two`.execute(trx);
      await sql`rollback to savepoint unknown`.execute(trx).catch(() => undefined);
      await sql`rollback to ${sql.id('One')}`.execute(trx);
      await enqueue(trx, 7);
    });
    expect(await written()).toEqual([1, 7]);
  });

  it('are collected through all that is derived from it, in the order of the calls', async () => {
    await transact(async (trx) => {
      await enqueue(trx, 1);
      await enqueue(trx.withSchema('other'), 2);
      await sql`savepoint one`.execute(trx);
      await enqueue(trx.withPlugin(new CamelCasePlugin()), 3);
      await enqueue(trx.withTables<{ more: object }>(), 4);
      await sql`rollback to one`.execute(trx.withSchema('other'));
      await enqueue(trx, 5);
      expect(await trx.selectFrom('outbox').select('position').execute()).toEqual([]);
    });
    expect(await written()).toEqual([1, 2, 5]);
    expect(commits).toBe(1);
  });

  it('are refused where a transaction has lost what collects them', async () => {
    const lost = transact(async (trx) => {
      await enqueue(trx, 1);
      await enqueue(trx.withoutPlugins(), 2);
    });
    await expect(lost).rejects.toThrow('without its plugins');
    expect(await written()).toEqual([]);
    // the connection is that of another transaction now
    await opened.db.transaction().execute(async (trx) => await enqueue(trx.withoutPlugins(), 3));
    expect(await written()).toEqual([3]);
  });

  it('are written at once in a transaction that was opened otherwise', async () => {
    await db.transaction().execute(async (trx) => {
      await enqueue(trx, 1);
      expect(await trx.selectFrom('outbox').select('position').execute()).toHaveLength(1);
    });
    expect(await written()).toEqual([1]);
  });

  it('that are to wait are kept apart, and those whose time has come are not', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000);
    await transact(async (trx) => {
      await outbox.enqueue(trx, changed, { aggregate: 'a', data: { n: 1 }, notBefore: inAnHour });
      await outbox.enqueue(trx, changed, { aggregate: 'a', data: { n: 2 }, notBefore: new Date(Date.now() - 1) });
      const never = outbox.enqueue(trx, changed, { aggregate: 'a', data: { n: 3 }, notBefore: new Date('never') });
      await expect(never).rejects.toThrow('events.thing.changed: notBefore is an invalid date');
    });
    expect(await written()).toEqual([2]);
    expect(await db.selectFrom('outbox_later').select('due').execute()).toEqual([{ due: inAnHour }]);
  });
});

describe('messages of one aggregate', () => {
  it('are in the order of commits, not of the calls of enqueue', async () => {
    const [enqueued, committed] = [signal(), signal()];
    const first = transact(async (trx) => {
      await enqueue(trx, 1);
      enqueued.raise();
      await committed.raised;
    });
    await enqueued.raised;
    await transact(async (trx) => await enqueue(trx, 2));
    committed.raise();
    await first;
    expect(await written()).toEqual([2, 1]);
  });

  it('are in the order of commits also beside a transaction that was opened otherwise', async () => {
    const [enqueued, committed] = [signal(), signal()];
    const direct = db.transaction().execute(async (trx) => {
      await enqueue(trx, 1);
      enqueued.raise();
      await committed.raised;
    });
    await enqueued.raised;
    const second = transact(async (trx) => await enqueue(trx, 2));
    await untilSomebodyWaits();
    committed.raise();
    await Promise.all([direct, second]);
    expect(await written()).toEqual([1, 2]);
  });

  it('are in the order of commits under many writers, which never deadlock', async () => {
    await sql`create table counter (aggregate text primary key, n integer not null)`.execute(db);
    const aggregates = ['a', 'b', 'c', 'd', 'e'];
    for (const aggregate of aggregates) await sql`insert into counter values (${aggregate}, 0)`.execute(db);
    // each transaction changes two aggregates; the number that it reads under the row's lock is the order of commits
    const change = async (i: number): Promise<void> =>
      await transact(async (trx) => {
        const two = [aggregates[i % 5] ?? '', aggregates[(i + 1 + (i % 3)) % 5] ?? ''];
        const counted: { readonly aggregate: string; readonly n: number }[] = [];
        for (const aggregate of [...two].sort()) {
          const { rows } = await sql<{ readonly n: number }>`update counter set n = n + 1
            where aggregate = ${aggregate} returning n`.execute(trx);
          counted.push({ aggregate, n: rows[0]?.n ?? 0 });
        }
        const mixed = i % 2 === 0 ? counted : counted.reverse();
        for (const { aggregate, n } of mixed) await enqueue(trx, n, aggregate);
      });
    const writers = Array.from({ length: 8 }, async (_, w) => {
      for (let i = 0; i < 25; i += 1) await change(w * 7 + i);
    });
    await Promise.all(writers);
    for (const aggregate of aggregates) {
      const rows = await db
        .selectFrom('outbox')
        .select('envelope')
        .where('aggregate', '=', aggregate)
        .orderBy('position')
        .execute();
      const numbers = rows.map(({ envelope }) => (envelope.data as { readonly n: number }).n);
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    }
  });
});

describe('a group of deliveries', () => {
  it('writes the messages of its effects with its commit, and none of an effect that failed', async () => {
    const groups = inboxGroups<unknown>(transact, log);
    const handle = async (n: number): Promise<boolean> =>
      await groups.handle(
        {
          ...{ durable: 'eater', id: `group ${n}`, streamSequence: n },
          ...{ signal: new AbortController().signal, working: () => undefined },
        },
        async (trx) => {
          await enqueue(trx, n, `aggregate ${n}`);
          if (n === 3) throw new Error('bad');
        },
      );
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(handle));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect([...(await written())].sort()).toEqual([1, 2, 4]);
  });
});

/** Waits until a transaction waits for the lock of an aggregate. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(db);
    if (rows.length > 0) return;
  }
}
