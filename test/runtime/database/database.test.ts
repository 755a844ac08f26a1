import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '#local';
import { openDatabase } from '#runtime/database/database';
import { migrateApart } from '#runtime/database/migration-database';
import { migrate } from '#runtime/database/migrations';
import { createLogger, defineMigrations, DependencyError, handleOnce, type OpenDatabase } from '#runtime';
import { eventually } from '#test-support/eventually';
import { startPostgres } from '#test-support/postgres';

interface Tables {
  readonly thing: { readonly id: string; readonly hits: number };
}

const log = createLogger({ service: 'test', version: '0', level: 'silent' });
const opened: OpenDatabase<Tables>[] = [];
let server: RunningPostgres;
let runs = 0;

const migrations = defineMigrations<Tables>({
  '0001-things': {
    async up(db) {
      runs += 1;
      await sql`create table thing (id text primary key, hits bigint not null)`.execute(db);
    },
  },
});

beforeAll(async () => {
  server = await startPostgres({ database: 'video' });
  await server.sql(`create role "user" login password 'pw'; create schema "user" authorization "user";
    create role other login password 'pw'; create schema other authorization other;`);
});

afterAll(async () => {
  await Promise.all(opened.map(async ({ close }) => await close()));
  await server.stop();
});

async function open(user = 'user', password = 'pw', deadlineMs = 5000): Promise<OpenDatabase<Tables>> {
  const url = server.urlFor(user, password);
  const database = await openDatabase<Tables>({ url, schema: user, poolMax: 5, deadlineMs, log });
  opened.push(database);
  return database;
}

describe('the database', () => {
  it('migrates once when three pods start at the same moment, in the schema alone', async () => {
    const pods = await Promise.all([open(), open(), open()]);
    await Promise.all(pods.map(async ({ db }) => await migrate(db, 'user', migrations)));
    expect(runs).toBe(1);
    expect(
      await server.sql(`select distinct schemaname from pg_tables where tablename in ('thing', 'outbox', 'migration')`),
    ).toBe('user');
  });

  it('goes on where an older pod stopped, and an older pod starts on a newer schema', async () => {
    const { db } = await open('other');
    await migrate(db, 'other', migrations);
    const newer = defineMigrations<Tables>({
      ...migrations.byName,
      '0002-column': {
        async up(on) {
          await sql`alter table thing add column note text`.execute(on);
        },
      },
    });
    await migrate(db, 'other', newer);
    await migrate(db, 'other', migrations);
    expect(await server.sql(`select name from other.migration order by name`)).toBe('0001-things\n0002-column');
  });

  it('names the migration that failed and leaves nothing of it behind', async () => {
    const { db } = await open('other');
    const broken = defineMigrations<Tables>({
      ...migrations.byName,
      '0002-column': { up: async () => Promise.resolve() },
      '0003-broken': {
        async up(on) {
          await sql`create table half (id int)`.execute(on);
          await sql`select nonsense`.execute(on);
        },
      },
    });
    await expect(migrate(db, 'other', broken)).rejects.toThrow('migration 0003-broken of schema other failed');
    expect(await server.sql(`select count(*) from pg_tables where tablename = 'half'`)).toBe('0');
  });

  it('migrates two schemas side by side, each as long as it takes', async () => {
    const order: string[] = [];
    let quickIsDone: () => void = () => undefined;
    const quick = new Promise<void>((resolve) => (quickIsDone = resolve));
    const patient = defineMigrations<Tables>({
      '0001-things': migrations.byName['0001-things'] ?? { up: async () => Promise.resolve() },
      '0002-column': { up: async () => Promise.resolve() },
      '0004-patient': {
        async up(on) {
          await sql`set local statement_timeout = 0`.execute(on);
          await quick;
          await sql`select 1`.execute(on);
          order.push('patient');
        },
      },
    });
    const url = server.urlFor('other', 'pw');
    const long = migrateApart({ url, schema: 'other', log }, patient);
    await migrateApart({ url: server.urlFor('user', 'pw'), schema: 'user', log }, migrations);
    order.push('quick');
    quickIsDone();
    await long;
    expect(order).toEqual(['quick', 'patient']);
  });

  it('takes its time where a pooler drops what a connection starts with, and the limits of the role hold', async () => {
    const slow = defineMigrations<Tables>({
      '0001-things': migrations.byName['0001-things'] ?? { up: async () => Promise.resolve() },
      '0005-slow': { up: async (on) => void (await sql`select pg_sleep(0.8)`.execute(on)) },
    });
    const limits = { search_path: 'user', statement_timeout: 300, idle_in_transaction_session_timeout: 300 };
    const settings = Object.entries(limits).map(([name, value]) => `-c ${name}=${value}`);
    // the last one wins, as those of the role do behind a pooler that ignores ours
    const url = `${server.urlFor('user', 'pw')}?options=${encodeURIComponent(settings.join(' '))}`;
    await migrateApart({ url, schema: 'user', log }, slow);
  });

  it('says once which process it waits for', async () => {
    const url = server.urlFor('other', 'pw');
    const pod = await openDatabase<Tables>({ url, schema: 'other', poolMax: 3, deadlineMs: 5000, log });
    const told: unknown[] = [];
    const holder = await pod.db.startTransaction().execute();
    await sql`select pg_advisory_xact_lock(7301, hashtext('other'))`.execute(holder);
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(holder);
    const migrated = migrate(pod.db, 'other', undefined, (awaited) => told.push(awaited));
    await eventually(() => expect(told).toHaveLength(1));
    // long enough for it to look several times
    await new Promise((resolve) => setTimeout(resolve, 700));
    await holder.rollback().execute();
    await migrated;
    expect(told).toEqual([
      { pid: rows[0]?.pid, application: expect.any(String) as unknown, seconds: expect.any(Number) as unknown },
    ]);
    await pod.close();
  });

  it('waits all the same where it may not see which process it waits for', async () => {
    const url = server.urlFor('other', 'pw');
    const pod = await openDatabase<Tables>({ url, schema: 'other', poolMax: 3, deadlineMs: 5000, log });
    const told: unknown[] = [];
    const holder = await pod.db.startTransaction().execute();
    await sql`select pg_advisory_xact_lock(7301, hashtext('other'))`.execute(holder);
    await server.sql('revoke select on pg_locks from public');
    try {
      const migrated = migrate(pod.db, 'other', undefined, (awaited) => told.push(awaited));
      await Promise.race([migrated, eventually(() => expect(told).toEqual([undefined]))]);
      await holder.rollback().execute();
      await migrated;
    } finally {
      await server.sql('grant select on pg_locks to public');
    }
    await pod.close();
  });

  it('starts with a single connection, and with a pool of two of which one is that of the hot reads', async () => {
    for (const poolMax of [1, 2]) {
      const options = { url: server.urlFor('user', 'pw'), schema: 'user', poolMax, deadlineMs: 5000, log };
      const database = await openDatabase<Tables>({ ...options, hotReads: true });
      await migrateApart(options, migrations);
      expect(await sql`select 1 as one`.execute(database.db)).toMatchObject({ rows: [{ one: 1 }] });
      await database.close();
    }
  });

  it('says what is wrong when something between drops the schema that a connection starts with', async () => {
    const options = { url: server.urlFor('user', 'pw'), schema: 'user', poolMax: 1, deadlineMs: 5000, log };
    // the last one wins, as in a pooler that ignores ours
    const url = `${options.url}?options=-c%20search_path%3Dpublic`;
    await expect(openDatabase<Tables>({ ...options, url })).rejects.toThrow(
      'postgres looks up names in public, must be user, since a pooler drops start parameters: set ignore_startup',
    );
  });

  it('reads bigint as a number and keeps to its schema', async () => {
    const { db } = await open();
    await db.insertInto('thing').values({ id: 'a', hits: 7 }).execute();
    expect(await db.selectFrom('thing').select('hits').executeTakeFirst()).toEqual({ hits: 7 });
    await expect(sql`select * from other.thing`.execute(db)).rejects.toThrow(/permission denied/);
  });

  it('runs an effect once when a message comes three times at the same moment', async () => {
    const { db } = await open();
    const effect = async (): Promise<boolean> =>
      await handleOnce<Tables>(db, 'user-topic', 'm1', async (trx) => {
        await trx
          .updateTable('thing')
          .set((eb) => ({ hits: eb('hits', '+', 1) }))
          .where('id', '=', 'a')
          .execute();
      });
    const first = await Promise.all([effect(), effect(), effect()]);
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await db.selectFrom('thing').select('hits').executeTakeFirst()).toEqual({ hits: 8 });
  });

  it('runs an effect again when it failed the first time', async () => {
    const { db } = await open();
    const failing = handleOnce<Tables>(db, 'user-topic', 'm2', async () => {
      await Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(await handleOnce<Tables>(db, 'user-topic', 'm2', async () => Promise.resolve())).toBe(true);
  });

  it('refuses a commit that PostgreSQL made a rollback, since the error of a statement was caught', async () => {
    const { db } = await open();
    const caught = db.transaction().execute(async (trx) => {
      await trx.insertInto('thing').values({ id: 'lost', hits: 1 }).execute();
      await sql`select 1 / 0`.execute(trx).catch(() => undefined);
    });
    await expect(caught).rejects.toThrow('the transaction was rolled back');
    expect(await db.selectFrom('thing').where('id', '=', 'lost').select('id').executeTakeFirst()).toBeUndefined();
  });

  it('begins a transaction as it was asked to, and leaves none behind that did nothing', async () => {
    const { db } = await open();
    const settings = await db
      .transaction()
      .setIsolationLevel('serializable')
      .setAccessMode('read only')
      .execute(async (trx) => {
        const { rows } = await sql`select current_setting('transaction_isolation') as isolation,
          current_setting('transaction_read_only') as read_only`.execute(trx);
        return rows[0];
      });
    expect(settings).toEqual({ isolation: 'serializable', read_only: 'on' });
    await db.transaction().execute(async () => Promise.resolve());
    await expect(db.transaction().execute(async () => await Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await server.sql("select count(*) from pg_stat_activity where state like 'idle in transaction%'")).toBe('0');
  });

  it('rolls back when the statement that a transaction begins with fails', async () => {
    const { db } = await open();
    const failing = db.transaction().execute(async (trx) => await sql`select 1 / 0`.execute(trx));
    await expect(failing).rejects.toThrow('division by zero');
    expect(await server.sql("select count(*) from pg_stat_activity where state like 'idle in transaction%'")).toBe('0');
  });

  it('says at once that it refused the login, and never the password', async () => {
    const startedAt = performance.now();
    const refused = await open('user', 'wrong-secret', 30_000).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DependencyError);
    expect(String(refused)).toMatch(/postgres refused the login \(password authentication failed for user "user"\)/);
    expect(String(refused)).not.toContain('wrong-secret');
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('waits for a server that comes later', async () => {
    await server.halt();
    const later = open('user', 'pw', 30_000);
    await new Promise((resolve) => setImmediate(resolve));
    await server.start();
    expect((await later).dependency.name).toBe('postgres');
  });
});
