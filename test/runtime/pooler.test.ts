/** A service behind pgbouncer: migrations, requests, hot reads, transactions, the outbox's relay and the inbox. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '#local';
import { openDatabase } from '#runtime/database/database';
import { createLogger, startService, type RunningService } from '#runtime';
import { eventually } from '#test-support/eventually';
import { startPgBouncer, type PgBouncerOptions } from '#test-support/pgbouncer';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { notes, notesDefinition, notesTopology, type NotesTables } from './sample-service.ts';

const NOTES = 40;
const log = createLogger({ service: 'test', version: '0', level: 'silent' });

let stores: ServiceStores;
let pooler: RunningServer;
const started: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  stores = await startServiceStores(notesTopology);
});

afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
});

afterAll(async () => {
  await stores.stop();
});

async function startPooler(options: Pick<PgBouncerOptions, 'mode' | 'settings'>): Promise<void> {
  const { DB_USER = '', DB_PASS = '' } = stores.env(notes);
  pooler = await startPgBouncer({ target: stores.postgres, user: DB_USER, password: DB_PASS, ...options });
  started.push(pooler);
}

async function startNotes(): Promise<RunningService<typeof notes, NotesTables>> {
  const env = stores.env(notes, { NOTES_MAX: '1000', RATE_LIMIT: '0', DB_PORT: String(pooler.port) });
  const running = await startService(notesDefinition(), { env, port: 0 });
  started.push(running);
  return running;
}

const MODES: readonly Pick<PgBouncerOptions, 'mode' | 'settings'>[] = [
  // each connection of a service has one of its own
  { mode: 'session', settings: { default_pool_size: '40' } },
  // fewer than the connections of one service: each transaction may get another one
  { mode: 'transaction', settings: { default_pool_size: '3' } },
];

describe.each(MODES)('behind pgbouncer in $mode mode', (options) => {
  it('two replicas write, publish and handle each message once', async () => {
    await startPooler(options);
    await stores.postgres.sql('drop schema notes cascade; create schema notes authorization notes', 'video');
    const replicas = await Promise.all([startNotes(), startNotes()]);
    const who = await stores.logIn();
    const write = async (text: string, { url }: { readonly url: string }): Promise<number> => {
      const headers = { ...who.headers, 'content-type': 'application/json' };
      const body = JSON.stringify({ text });
      return (await fetch(`${url}/api/notes/notes`, { method: 'POST', headers, body })).status;
    };
    const statuses = await Promise.all(
      Array.from({ length: NOTES }, async (_, n) => await write(`note ${n}`, replicas[n % 2] ?? replicas[0])),
    );
    expect(statuses).toEqual(statuses.map(() => 201));
    const figures = `select (select notes from notes.tally) || ' ' || (select count(*) from notes.inbox) || ' '
      || (select count(*) from notes.outbox)`;
    await eventually(
      async () => expect(await stores.postgres.sql(figures, 'video')).toBe(`${NOTES} ${NOTES} 0`),
      20_000,
    );
  });

  it('hot reads of two processes get their own rows', async () => {
    await startPooler(options);
    const { DB_USER = '', DB_PASS = '' } = stores.env(notes);
    const url = stores.postgres.urlFor(DB_USER, DB_PASS).replace(`:${stores.postgres.port}/`, `:${pooler.port}/`);
    const open = async () => {
      const settingsOfOne = { url, schema: 'notes', poolMax: 4, deadlineMs: 10_000, hotReads: true, log };
      const one = await openDatabase(settingsOfOne);
      started.push({ stop: one.close });
      return one;
    };
    const [one, other] = await Promise.all([open(), open()]);
    const read = async (mine: string, db: typeof one.db): Promise<string> => {
      const text = sql<string>`${mine}::text || ${sql.lit(mine)}`;
      return (await db.selectNoFrom(text.as('mine')).executeTakeFirstOrThrow()).mine;
    };
    for (let round = 0; round < 100; round += 1) {
      const answers = await Promise.all([
        read('a', one.db),
        read('b', other.db),
        read('c', one.db),
        read('c', other.db),
      ]);
      expect(answers).toEqual(['aa', 'bb', 'cc', 'cc']);
    }
  });

  it('a pooler that starts again is used again, and no message is lost', async () => {
    await startPooler(options);
    const { service } = await startNotes();
    const owner_id = randomUUID();
    const write = async (): Promise<void> =>
      await service.transaction(async (trx) => {
        await trx.insertInto('note').values({ note_id: randomUUID(), owner_id, text: 'x' }).execute();
      });
    await write();
    await pooler.halt('SIGKILL');
    await expect(write()).rejects.toMatchObject({ dependency: 'postgres' });
    await pooler.start();
    await eventually(write, 15_000);
  });
});

it('a pooler that refuses start parameters ends the start with what to set there', async () => {
  await startPooler({ mode: 'transaction', settings: { ignore_startup_parameters: 'extra_float_digits' } });
  await expect(startNotes()).rejects.toThrow('set ignore_startup_parameters = options there');
});
