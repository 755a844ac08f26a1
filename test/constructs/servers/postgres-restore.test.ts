import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type RawBuilder } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '#runtime/database/database';
import { migrate } from '#runtime/database/migrations';
import { createLogger, type Database, type Migrations } from '#runtime';
import { migrations as userMigrations } from '#services/user/migrations';
import { migrations as videoMigrations } from '#services/video/migrations';
import { startPostgresPod, type PostgresPod } from '../../support/postgres-pod.ts';

const ADA = '0198c0de-0000-7000-8000-000000000001';
const NAME = `Ada "the first" O'Neil \\ ünïcödé`;
const passwords = new Map<string, string>();
let lost: PostgresPod;
let fresh: PostgresPod;
let dump: string;

/** Uses the database as a service does: by its own role, in its own schema. */
async function asService<R>(pod: PostgresPod, service: string, use: (db: Database) => Promise<R>): Promise<R> {
  const { db, close } = await openDatabase({
    url: `postgresql://${service}:${pod.password(`${service}-db-password`)}@127.0.0.1:${pod.port}/video`,
    schema: service,
    poolMax: 3,
    deadlineMs: 10_000,
    log: createLogger({ service, version: '0', level: 'silent' }),
  });
  try {
    return await use(db);
  } finally {
    await close();
  }
}

async function rowsFor<Row>(pod: PostgresPod, service: string, query: RawBuilder<Row>): Promise<Row[]> {
  return await asService(pod, service, async (db) => (await query.execute(db)).rows);
}

async function migrated<Tables>(pod: PostgresPod, service: string, migrations: Migrations<Tables>): Promise<void> {
  await asService(pod, service, async (db) => await migrate(db as Database<Tables>, service, migrations));
}

/** Every row of every table, counted and hashed, with who owns the table. */
async function contents(pod: PostgresPod): Promise<string> {
  const tables = `select format('select %L, %L, count(*), md5(coalesce(string_agg(t::text, chr(10) order by t::text), '''')) from %I.%I t;',
    schemaname || '.' || tablename, tableowner, schemaname, tablename)
    from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1 \\gexec`;
  return await pod.exec(['sh', '-c', 'printf "%s\\n" "$1" | psql -X -q -A -t -d video', 'sh', tables]);
}

beforeAll(async () => {
  lost = await startPostgresPod(passwords);
  await migrated(lost, 'user', userMigrations);
  await migrated(lost, 'video', videoMigrations);
  await rowsFor(
    lost,
    'user',
    sql`insert into profile (user_id, handle, display_name, role, account_version, version, joined_at)
        values (${ADA}, 'ada', ${NAME}, 'member', 1, 1, now())`,
  );
  const folder = await lost.backUp();
  const [file = ''] = readdirSync(folder);
  dump = join(folder, file);
  fresh = await startPostgresPod(passwords);
});
afterAll(async () => {
  await lost.stop();
  await fresh.stop();
});

/** What docs/backups.md says to type, without the part that reaches the pod. */
function documentedCommand(): string[] {
  const [, command] =
    /^kubectl .*exec -i postgres-0 -c postgres -- (pg_restore .*) < /m.exec(readFileSync('docs/backups.md', 'utf8')) ??
    [];
  if (command === undefined) throw new Error('docs/backups.md no longer says how a backup is restored');
  return command.split(' ');
}

it('restores what the CronJob dumped into a fresh PostgreSQL by the documented command, every row and owner', async () => {
  const before = await contents(lost);
  expect(before).toContain('user.profile|user|1|');
  expect(await contents(fresh)).toBe('');
  await fresh.exec(documentedCommand(), dump);
  expect(await contents(fresh)).toBe(before);
});

it('gives each service back what it may do, and nothing of another', async () => {
  const change = sql`update profile set bio = 'back' where user_id = ${ADA} returning display_name`;
  expect(await rowsFor(fresh, 'user', change)).toEqual([{ display_name: NAME }]);
  await expect(rowsFor(fresh, 'video', sql`select * from "user".profile`)).rejects.toThrow(
    /permission denied for schema user/,
  );
});

it('finds nothing to migrate, so that a service starts on it as it is', async () => {
  const names = async () => await rowsFor(fresh, 'user', sql`select name from migration order by name`);
  const before = await names();
  await migrated(fresh, 'user', userMigrations);
  expect(await names()).toEqual(before);
  expect(before).not.toEqual([]);
});

it('may be restored again over what is there', async () => {
  await fresh.exec(documentedCommand(), dump);
  expect(await contents(fresh)).toBe(await contents(lost));
});
