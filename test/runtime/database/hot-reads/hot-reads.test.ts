import { sql, type Generated } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RunningPostgres } from '#local';
import { openDatabase } from '#runtime/database/database';
import { createLogger, type DatabaseOptions, type OpenDatabase } from '#runtime';
import { eventually } from '#test-support/eventually';
import { startPostgres } from '#test-support/postgres';

interface Tables {
  readonly thing: { readonly id: Generated<number>; readonly name: string };
}

let postgres: RunningPostgres;
let open: OpenDatabase<Tables>;

beforeAll(async () => {
  postgres = await startPostgres({ database: 'video' });
});

afterAll(async () => {
  await open.close();
  await postgres.stop();
});

beforeEach(async () => {
  await (open as OpenDatabase<Tables> | undefined)?.close();
  await postgres.sql(
    'drop table if exists thing; create table thing (id int primary key, name text not null)',
    'video',
  );
  await postgres.sql("insert into thing select n, 'thing ' || n from generate_series(1, 100) n", 'video');
  open = await opened();
});

async function opened(settings: Pick<DatabaseOptions, 'hotReads'> = { hotReads: true }): Promise<OpenDatabase<Tables>> {
  const log = createLogger({ service: 'test', version: '1', level: 'silent' });
  const base = { url: postgres.url, schema: 'public', poolMax: 4, deadlineMs: 10_000, log };
  return await openDatabase<Tables>({ ...base, ...settings });
}

/** A read of a key, with a text by which the server's list of statements knows it. */
async function read(id: number): Promise<string | undefined> {
  const row = await open.db
    .selectFrom('thing')
    .select(['name', sql.lit('hot read').as('mark')])
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.name;
}

/** Reads 30 rows at once; gives how many connections did it. */
async function connectionsOfReads(): Promise<number> {
  const before = await postgres.sql('select clock_timestamp()', 'video');
  const ids = Array.from({ length: 30 }, (_, i) => i + 1);
  expect(await Promise.all(ids.map(read))).toEqual(ids.map((id) => `thing ${id}`));
  const count = `select count(*) from pg_stat_activity where query like '%hot read%' and query_start > '${before}' and pid <> pg_backend_pid()`;
  return Number(await postgres.sql(count, 'video'));
}

/** Reads that wait for a lock. */
async function readsThatWait(): Promise<number> {
  const query = `select count(*) from pg_stat_activity where query like '%hot read%' and wait_event_type = 'Lock'
    and pid <> pg_backend_pid()`;
  return Number(await postgres.sql(query, 'video'));
}

async function untilShared(withinMs?: number): Promise<void> {
  await eventually(async () => expect(await connectionsOfReads()).toBe(1), withinMs);
}

it('reads that come again share one connection, and each gets its own row', async () => {
  expect(await connectionsOfReads()).toBeGreaterThan(1);
  await untilShared();
});

it('a read inside a transaction sees what the transaction has written', async () => {
  await untilShared();
  await open.db.transaction().execute(async (trx) => {
    await trx.updateTable('thing').set({ name: 'changed' }).where('id', '=', 1).execute();
    const rows = trx
      .selectFrom('thing')
      .select(['name', sql.lit('hot read').as('mark')])
      .where('id', '=', 1);
    expect((await rows.executeTakeFirst())?.name).toBe('changed');
    expect(await read(1)).toBe('thing 1');
  });
  expect(await read(1)).toBe('changed');
});

it('a column that is added or changes its type fails no read', async () => {
  await untilShared();
  await postgres.sql('alter table thing add column more text', 'video');
  expect(await read(2)).toBe('thing 2');
  await postgres.sql('alter table thing alter column name type varchar(40)', 'video');
  expect(await read(2)).toBe('thing 2');
});

it('reads go on after all connections were cut', async () => {
  await untilShared();
  await postgres.sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'video' and pid <> pg_backend_pid()",
    'video',
  );
  await eventually(async () => expect(await read(3)).toBe('thing 3'));
  await untilShared();
});

it('a read that takes its time keeps a connection of its own', async () => {
  const slowly = async (): Promise<unknown> =>
    await open.db
      .selectFrom('thing')
      .select(['name', sql`pg_sleep(0.05)`.as('slept'), sql.lit('hot read').as('mark')])
      .where('id', '=', 1)
      .execute();
  for (let run = 0; run < 8; run += 1) await slowly();
  const before = await postgres.sql('select clock_timestamp()', 'video');
  await Promise.all([slowly(), slowly(), slowly()]);
  const count = `select count(*) from pg_stat_activity where query like '%hot read%' and query_start > '${before}' and pid <> pg_backend_pid()`;
  expect(await postgres.sql(count, 'video')).toBe('3');
});

it('a read that was slow once goes back, and shares a connection again when it has been quick for longer', async () => {
  await untilShared();
  // all that read the table wait for it
  const holding = await open.db.startTransaction().execute();
  await sql`lock table thing`.execute(holding);
  const waiting = read(1);
  await eventually(async () => expect(await readsThatWait()).toBe(1));
  const since = performance.now();
  await eventually(() => expect(performance.now() - since).toBeGreaterThan(600));
  await holding.rollback().execute();
  expect(await waiting).toBe('thing 1');
  expect(await connectionsOfReads()).toBeGreaterThan(1);
  // five hundred quick reads in a row
  await untilShared(90_000);
});

it('nothing is shared unless hot reads are asked for', async () => {
  await open.close();
  open = await opened({});
  // more often than a read has to prove itself
  for (let round = 0; round < 20; round += 1) expect(await connectionsOfReads()).toBeGreaterThan(1);
});
