/**
 * Migrations at start, under a lock of the schema: of several pods of a service one migrates and the others wait. The
 * runtime's own tables have a ledger of their own, so their numbers and a service's never mix.
 *
 * Old and new pods run together: add first, use later, drop last.
 */
import { Migrator, sql, type Kysely, type Migration, type Transaction } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import { textOf } from '../dependency.ts';
import type { Migrations } from './define-migrations.ts';
import type { RuntimeTables } from './runtime-tables.ts';
import { RUNTIME_MIGRATIONS } from './runtime-migrations.ts';

/** Who migrates a schema while another one waits. */
export interface MigratingProcess {
  /** Its process at the server, and the name that its connection has. */
  readonly pid: number;
  readonly application: string | null;
  /** For how long it has been at it. */
  readonly seconds: number | null;
}

/**
 * Brings a schema to the newest state: first the runtime's tables, then the service's. `onWait` is called once when another
 * process migrates the schema. Throws with the name of the migration that failed.
 */
export async function migrate<Tables>(
  db: Kysely<Tables & RuntimeTables>,
  schema: string,
  migrations: Migrations<Tables> | undefined,
  onWait: (awaited: MigratingProcess | undefined) => void = () => undefined,
): Promise<void> {
  const untyped = db as unknown as Kysely<unknown>;
  const migrateUnderLock = async (lock: Transaction<unknown>): Promise<boolean> => {
    // held by a transaction and not by a session, which a pooler may give to others
    const { rows } = await sql<{ readonly held: boolean }>`
      select pg_try_advisory_xact_lock(${MIGRATION_LOCK}, hashtext(${schema})) as held`.execute(lock);
    if (rows[0]?.held !== true) return false;
    await migrateTo(untyped, schema, 'runtime_migration', RUNTIME_MIGRATIONS);
    if (migrations !== undefined) await migrateTo(untyped, schema, 'migration', migrations.byName);
    return true;
  };
  // who waits holds no connection: behind a pooler, the waiting ones could hold all that the migrating one needs
  for (let told = false; !(await untyped.transaction().execute(migrateUnderLock)); told = true) {
    // a login that may not see others' sessions waits all the same
    if (!told) onWait(await migratingProcess(untyped, schema).catch(() => undefined));
    await pause(LOOK_AGAIN_MS);
  }
}

/** Who holds the lock of a schema; undefined when it has just ended. */
async function migratingProcess(db: Kysely<unknown>, schema: string): Promise<MigratingProcess | undefined> {
  const { rows } = await sql<MigratingProcess>`
    select pid, application_name as application, extract(epoch from now() - xact_start)::float8 as seconds
    from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and classid = ${sql.lit(MIGRATION_LOCK)}
      and objid = (hashtext(${schema})::bigint & 4294967295)::oid
      and pg_locks.database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows[0];
}

const LOOK_AGAIN_MS = 200;

/** First key of the locks of migrations; the second is the schema. */
const MIGRATION_LOCK = 7301;

async function migrateTo(
  db: Kysely<unknown>,
  schema: string,
  ledger: string,
  byName: Readonly<Record<string, Migration>>,
): Promise<void> {
  const migrator = new Migrator({
    db: db.withSchema(schema),
    // asked for under the lock, when nobody else migrates
    provider: { getMigrations: async () => ({ ...(await doneByNewerPods(db, schema, ledger)), ...byName }) },
    migrationTableSchema: schema,
    migrationTableName: ledger,
    migrationLockTableName: `${ledger}_lock`,
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results.find(({ status }) => status === 'Error')?.migrationName ?? 'before the first';
  throw new Error(`migration ${failed} of schema ${schema} failed: ${textOf(error)}${wayOut(error, schema)}`, {
    cause: error,
  });
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** A login without rights can make neither its schema nor its tables. */
function wayOut(error: unknown, schema: string): string {
  if (!(error instanceof Error) || !('code' in error) || error.code !== INSUFFICIENT_PRIVILEGE) return '';
  return `: as an administrator, run: create schema if not exists "${schema}"; alter schema "${schema}" owner to the login in DATABASE_URL`;
}

/** Migrations in the ledger that this version does not know must not keep it from starting beside a newer one. */
async function doneByNewerPods(
  db: Kysely<unknown>,
  schema: string,
  ledger: string,
): Promise<Readonly<Record<string, Migration>>> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.id(schema, ledger)}`.execute(db);
  return Object.fromEntries(rows.map(({ name }) => [name, { up: async () => Promise.resolve() }]));
}
