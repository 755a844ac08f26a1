import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMessage } from '#declare';
import type { RunningPostgres } from '#local';
import { openDatabase } from '#runtime/database/database';
import { migrate } from '#runtime/database/migrations';
import { OutboxWriter } from '#runtime/outbox/outbox-writer';
import { relayBatch, startRelay, type PublishReady } from '#runtime/outbox/relay';
import { createLogger, defineMigrations, type OpenDatabase, type RuntimeTables } from '#runtime';
import { eventually } from '#test-support/eventually';
import { startPostgres } from '#test-support/postgres';

const changed = defineMessage({ subject: 'events.thing.changed', payload: z.object({ n: z.int() }) });
const outbox = new OutboxWriter('thing', () => undefined);
const log = createLogger({ service: 'test', version: '0', level: 'silent' });

let server: RunningPostgres;
let first: OpenDatabase;
let second: OpenDatabase;
let db: Kysely<RuntimeTables>;

beforeAll(async () => {
  server = await startPostgres({ database: 'video' });
  await server.sql(`create role thing login password 'pw'; create schema thing authorization thing`);
  const url = server.urlFor('thing', 'pw');
  const open = async () => await openDatabase<unknown>({ url, schema: 'thing', poolMax: 5, deadlineMs: 5000, log });
  [first, second] = [await open(), await open()];
  db = first.db as unknown as Kysely<RuntimeTables>;
  await migrate(first.db, 'thing', defineMigrations({}));
});

beforeEach(async () => {
  await db.deleteFrom('outbox').execute();
});

afterAll(async () => {
  await first.close();
  await second.close();
  await server.stop();
});

async function write(aggregate: string, n: number): Promise<void> {
  await outbox.transactOn(db)(async (trx) => {
    await outbox.enqueue(trx, changed, { aggregate, data: { n }, id: `${aggregate}-${n}` });
  });
}

function numberIn(bytes: Uint8Array): { readonly subject: string; readonly n: number } {
  const { subject, data } = JSON.parse(new TextDecoder().decode(bytes)) as { subject: string; data: { n: number } };
  return { subject, n: data.n };
}

describe('the outbox', () => {
  it('holds nothing of a transaction that was rolled back', async () => {
    const failed = outbox.transactOn(db)(async (trx) => {
      await outbox.enqueue(trx, changed, { aggregate: 'a', data: { n: 1 } });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await relayBatch(db, async () => Promise.reject(new Error('nothing to publish')))).toBe(0);
  });

  it('refuses data that the message does not allow, before anything is written', async () => {
    const wrong = outbox.transactOn(db)(async (trx) => {
      await outbox.enqueue(trx, changed, { aggregate: 'a', data: { n: 1.5 } });
    });
    await expect(wrong).rejects.toThrow(/events\.thing\.changed/);
  });

  it('keeps one entry for one id', async () => {
    await write('a', 1);
    await write('a', 1);
    expect(await db.selectFrom('outbox').select('message_id').execute()).toEqual([{ message_id: 'thing:a-1' }]);
  });
});

describe('two relays', () => {
  it('publish each message once, and those of an aggregate in their order', async () => {
    for (let n = 1; n <= 10; n++) for (const aggregate of ['a', 'b', 'c', 'd', 'e']) await write(aggregate, n);
    const published: { readonly subject: string; readonly n: number }[] = [];
    const publish: PublishReady = async ({ bytes }) => {
      await new Promise((resolve) => setImmediate(resolve));
      published.push(numberIn(bytes));
    };
    const relays = [first, second].map((database) =>
      startRelay({ db: database.db as unknown as Kysely<RuntimeTables>, publish, pollMs: 20, batchSize: 2, log }),
    );
    await eventually(() => expect(published).toHaveLength(50));
    await Promise.all(relays.map(async (relay) => await relay.stop()));
    for (const aggregate of ['a', 'b', 'c', 'd', 'e']) {
      const order = published.filter(({ subject }) => subject === aggregate).map(({ n }) => n);
      expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  });

  it('do not overlap: what one is publishing, the other neither takes nor overtakes', async () => {
    await write('a', 1);
    await write('a', 2);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let holding: () => void = () => undefined;
    const inHand = new Promise<void>((resolve) => (holding = resolve));
    const slow = relayBatch(db, async () => {
      holding();
      await held;
    });
    await inHand;
    const other = second.db as unknown as Kysely<RuntimeTables>;
    expect(await relayBatch(other, async () => Promise.reject(new Error('overlap')))).toBe(0);
    release();
    expect(await slow).toBe(1);
    expect(await relayBatch(other, async () => Promise.resolve())).toBe(1);
  });
});

describe('a relay', () => {
  it('publishes again what it could not delete, under the same id', async () => {
    await write('a', 1);
    const ids: string[] = [];
    const diesAfterPublishing = relayBatch(db, async ({ messageId }) => {
      ids.push(messageId);
      await server.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'thing' and state like 'idle in%'`,
      );
    });
    await expect(diesAfterPublishing).rejects.toThrow();
    await eventually(async () =>
      expect(await relayBatch(db, async ({ messageId }) => void ids.push(messageId))).toBe(1),
    );
    expect(ids).toEqual(['thing:a-1', 'thing:a-1']);
  });

  it('goes on with other aggregates when one message cannot be published, and tries that one again', async () => {
    await write('bad', 1);
    await write('good', 1);
    let attempts = 0;
    const seen: string[] = [];
    const relay = startRelay({
      db,
      pollMs: 10,
      log,
      publish: async ({ bytes }) => {
        const { subject } = numberIn(bytes);
        if (subject === 'bad' && (attempts += 1) < 4) throw new Error('no stream');
        seen.push(subject);
        await Promise.resolve();
      },
    });
    await eventually(() => expect(seen).toEqual(['good', 'bad']));
    await relay.stop();
  });

  it('is woken by a commit long before it would look by itself', async () => {
    const seen: number[] = [];
    const relay = startRelay({
      db,
      pollMs: 60_000,
      log,
      publish: async ({ bytes }) => Promise.resolve(void seen.push(numberIn(bytes).n)),
    });
    await write('a', 1);
    relay.wake();
    await eventually(() => expect(seen).toEqual([1]), 2000);
    await write('a', 2);
    relay.wake();
    await eventually(() => expect(seen).toEqual([1, 2]), 2000);
    await relay.stop();
  });
});
