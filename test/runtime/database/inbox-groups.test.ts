import { sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '#local';
import { openDatabase } from '#runtime/database/database';
import { inboxGroups, type Effect, type InboxGroups } from '#runtime/database/inbox-groups';
import { migrate } from '#runtime/database/migrations';
import { OutboxWriter } from '#runtime/outbox/outbox-writer';
import {
  createLogger,
  currentTrace,
  defineMigrations,
  runInTrace,
  type OpenDatabase,
  type RuntimeTables,
} from '#runtime';
import { startPostgres } from '#test-support/postgres';

interface Tables {
  readonly thing: { readonly id: string; readonly hits: number };
  readonly once: { readonly message: string };
}

type Trx = Transaction<Tables & RuntimeTables>;

const outbox = new OutboxWriter('eater', () => undefined);
const log = createLogger({ service: 'test', version: '0', level: 'silent' });
const migrations = defineMigrations<Tables>({
  '0001-things': {
    async up(db) {
      await sql`create table thing (id text primary key, hits bigint not null)`.execute(db);
      await sql`create table once (message text, unique (message) deferrable initially deferred)`.execute(db);
    },
  },
});

let server: RunningPostgres;
let pod: OpenDatabase<Tables>;
let other: OpenDatabase<Tables>;
let groups: InboxGroups<Tables>;

beforeAll(async () => {
  server = await startPostgres({ database: 'video' });
  const open = async (): Promise<OpenDatabase<Tables>> =>
    await openDatabase<Tables>({ url: server.url, schema: 'public', poolMax: 10, deadlineMs: 10_000, log });
  [pod, other] = [await open(), await open()];
  await migrate(pod.db, 'public', migrations);
});

afterAll(async () => {
  await pod.close();
  await other.close();
  await server.stop();
});

beforeEach(async () => {
  await server.sql('truncate thing, once, inbox', 'video');
  groups = inboxGroups<Tables>(outbox.transactOn(pod.db), log);
});

/** Hands a message over; its place in the stream is its number. */
async function handle(
  n: number,
  effect: Effect<Tables>,
  { on = groups, signal = new AbortController().signal, working = () => undefined as void } = {},
): Promise<boolean> {
  return await on.handle({ durable: 'eater', id: `m${n}`, streamSequence: n, signal, working }, effect);
}

async function hit(trx: Trx, id: string): Promise<void> {
  await trx
    .insertInto('thing')
    .values({ id, hits: 1 })
    .onConflict((conflict) => conflict.column('id').doUpdateSet((eb) => ({ hits: eb('thing.hits', '+', 1) })))
    .execute();
}

async function transactionOf(trx: Trx): Promise<string> {
  const { rows } = await sql<{ readonly id: string }>`select txid_current()::text as id`.execute(trx);
  return rows[0]?.id ?? '';
}

/** Each thing with its hits. */
async function things(): Promise<Record<string, number>> {
  const rows = await pod.db.selectFrom('thing').select(['id', 'hits']).orderBy('id').execute();
  return Object.fromEntries(rows.map(({ id, hits }) => [id, hits]));
}

const TEN = Array.from({ length: 10 }, (_, n) => n);
const EACH_ONCE = Object.fromEntries(TEN.map((n) => [`t${n}`, 1]));

describe('deliveries that are there at the same time', () => {
  it('share a transaction, one after another in the order of the stream', async () => {
    const begun: number[] = [];
    const transactions = new Set<string>();
    const mixed = [4, 0, 9, 2, 7, 1, 8, 3, 6, 5];
    const outcomes = mixed.map(
      async (n) =>
        await handle(n, async (trx) => {
          begun.push(n);
          transactions.add(await transactionOf(trx));
          expect(begun.at(-1)).toBe(n);
        }),
    );
    expect(await Promise.all(outcomes)).toEqual(mixed.map(() => true));
    expect(begun).toEqual(TEN);
    expect(transactions.size).toBe(1);
  });

  it('run each in its own trace', async () => {
    const seen: (readonly [number, string | undefined])[] = [];
    const outcomes = TEN.map(
      async (n) =>
        await runInTrace({ requestId: `r${n}`, traceparent: '' }, async () => {
          await handle(n, async (trx) => {
            await hit(trx, `t${n}`);
            seen.push([n, currentTrace()?.requestId]);
          });
          expect(currentTrace()?.requestId).toBe(`r${n}`);
        }),
    );
    await Promise.all(outcomes);
    expect(seen).toEqual(TEN.map((n) => [n, `r${n}`]));
  });

  it('have their effect once when one message is there twice, and again later', async () => {
    const effect: Effect<Tables> = async (trx) => await hit(trx, 'same');
    const twice = await Promise.all([handle(1, effect), handle(1, effect), handle(2, effect)]);
    expect(twice.filter(Boolean)).toHaveLength(2);
    expect(await Promise.all([handle(1, effect), handle(2, effect), handle(3, effect)])).toEqual([false, false, true]);
    expect(await things()).toEqual({ same: 3 });
  });
});

describe('a group of which one fails', () => {
  /** Ten at once, of which the fifth is bad; the others have their effect once, whatever is wrong with it. */
  async function withBad(bad: Effect<Tables>): Promise<unknown> {
    const outcomes = await Promise.allSettled(
      TEN.map(async (n) => await handle(n, n === 5 ? bad : async (trx) => await hit(trx, `t${n}`))),
    );
    const { t5: _, ...others } = EACH_ONCE;
    expect(await things()).toEqual(others);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    const failed = outcomes[5];
    return failed?.status === 'rejected' ? failed.reason : undefined;
  }

  it('refuses that one alone, with its own error', async () => {
    let runs = 0;
    const error = await withBad(async (trx) => {
      runs += 1;
      await hit(trx, 't5');
      throw new Error(`bad at run ${runs}`);
    });
    expect(error).toEqual(new Error('bad at run 2'));
    expect(await server.sql("select count(*) from inbox where message_id = 'm5'", 'video')).toBe('0');
  });

  it('does so when a constraint fails at the commit', async () => {
    const error = await withBad(async (trx) => {
      await trx
        .insertInto('once')
        .values([{ message: 'same' }, { message: 'same' }])
        .execute();
    });
    expect(String(error)).toMatch(/duplicate key/);
  });

  it('does so when the effect caught the error of a statement, which had ended the transaction', async () => {
    const error = await withBad(async (trx) => {
      await sql`select 1 / 0`.execute(trx).catch(() => undefined);
    });
    expect(String(error)).toMatch(/rolled back/);
  });

  it('runs alone for a while, then in groups again', async () => {
    await withBad(async () => await Promise.reject(new Error('bad')));
    expect(groups.room).toBe(8);
    const transactions = new Set<string>();
    const note: Effect<Tables> = async (trx) => void transactions.add(await transactionOf(trx));
    await Promise.all([handle(20, note), handle(21, note)]);
    expect(transactions.size).toBe(2);
    await expect.poll(() => groups.room, { timeout: 5000 }).toBeGreaterThan(8);
    await Promise.all([handle(22, note), handle(23, note)]);
    expect(transactions.size).toBe(3);
  });

  it('has each effect once after its connection was cut in the middle', async () => {
    let cut = false;
    const outcomes = TEN.map(
      async (n) =>
        await handle(n, async (trx) => {
          await hit(trx, `t${n}`);
          if (n !== 5 || cut) return;
          cut = true;
          const { rows } = await sql<{ readonly pid: number }>`select pg_backend_pid() as pid`.execute(trx);
          await server.sql(`select pg_terminate_backend(${rows[0]?.pid ?? 0}, 5000)`, 'video');
        }),
    );
    expect(await Promise.all(outcomes)).toEqual(TEN.map(() => true));
    expect(cut).toBe(true);
    expect(await things()).toEqual(EACH_ONCE);
  });
});

describe('groups of two processes', () => {
  it('that need rows of each other lose nothing and double nothing', async () => {
    const theirs = inboxGroups<Tables>(outbox.transactOn(other.db), log);
    // both hold their first row before either asks for its second
    let holders = 0;
    let bothHold: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (bothHold = resolve));
    const first =
      (id: string): Effect<Tables> =>
      async (trx) => {
        await hit(trx, id);
        holders += 1;
        if (holders >= 2) bothHold();
        await held;
      };
    const second =
      (id: string): Effect<Tables> =>
      async (trx) =>
        await hit(trx, id);
    const outcomes = [
      handle(1, first('a')),
      handle(2, second('b')),
      handle(3, first('b'), { on: theirs }),
      handle(4, second('a'), { on: theirs }),
    ];
    expect(await Promise.all(outcomes)).toEqual([true, true, true, true]);
    expect(holders).toBeGreaterThan(2);
    expect(await things()).toEqual({ a: 2, b: 2 });
  });

  it('that get the same messages run each effect once', async () => {
    const theirs = inboxGroups<Tables>(outbox.transactOn(other.db), log);
    const effectOf =
      (n: number): Effect<Tables> =>
      async (trx) =>
        await hit(trx, `t${n}`);
    const outcomes = await Promise.all([
      ...TEN.map(async (n) => await handle(n, effectOf(n))),
      ...TEN.map(async (n) => await handle(n, effectOf(n), { on: theirs })),
    ]);
    expect(outcomes.filter(Boolean)).toHaveLength(10);
    expect(await things()).toEqual(EACH_ONCE);
  });
});

describe('many deliveries on few rows, of which some fail and all come twice', () => {
  it('have each effect once', async () => {
    const theirs = inboxGroups<Tables>(outbox.transactOn(other.db), log);
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const effectOf = (n: number): Effect<Tables> => {
      let runs = 0;
      return async (trx) => {
        runs += 1;
        // in one order within an effect, as a service must; across effects in any
        for (const row of [(n * 7) % 5, 5 + ((n * 3) % 4)]) await hit(trx, `t${row}`);
        if (n % 50 === 7 && runs < 3) throw new Error('bad');
      };
    };
    const untilDone = async (n: number, on: InboxGroups<Tables>): Promise<boolean> => {
      const effect = effectOf(n);
      for (;;) {
        const first = await handle(n, effect, { on }).catch(() => undefined);
        if (first !== undefined) return first;
      }
    };
    const outcomes = await Promise.all(
      [groups, theirs].flatMap((on) => numbers.map(async (n) => await untilDone(n, on))),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(numbers.length);
    expect(Object.values(await things()).reduce((sum, hits) => sum + hits, 0)).toBe(2 * numbers.length);
  });
});

describe('effects that take long', () => {
  it('leave the rest of their group to run side by side, with new time to acknowledge', async () => {
    let atOnce = 0;
    let most = 0;
    let signs = 0;
    const slow =
      (n: number): Effect<Tables> =>
      async (trx) => {
        most = Math.max(most, (atOnce += 1));
        await sql`select pg_sleep(0.25)`.execute(trx);
        await hit(trx, `t${n}`);
        atOnce -= 1;
      };
    const working = (): void => {
      signs += 1;
      throw new Error('nats is closed');
    };
    await Promise.all(TEN.map(async (n) => await handle(n, slow(n), { working })));
    expect(await things()).toEqual(EACH_ONCE);
    expect(most).toBeGreaterThan(1);
    expect(signs).toBe(9);
    expect(groups.room).toBe(8);
  });

  it('are given back when the service ends and waits no longer', async () => {
    const ending = new AbortController();
    const outcomes = await Promise.allSettled(
      TEN.map(
        async (n) =>
          await handle(
            n,
            async (trx) => {
              await hit(trx, `t${n}`);
              if (n === 3) ending.abort(new Error('ends'));
            },
            { signal: ending.signal },
          ),
      ),
    );
    expect(await things()).toEqual({ t0: 1, t1: 1, t2: 1, t3: 1 });
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(TEN.map((n) => n <= 3));
    expect(await server.sql('select count(*) from inbox', 'video')).toBe('4');
  });
});
