/**
 * Migrations at start, under a lock of the schema: of several pods of a service one migrates and the others wait. The
 * runtime's own tables have a ledger of their own, so their numbers and a service's never mix.
 *
 * Old and new pods run together: add first, use later, drop last.
 */
import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import { textOf } from '../dependency.ts';
import type { Migrations } from './define-migrations.ts';
import type { RuntimeTables } from './runtime-tables.ts';
import { RUNTIME_MIGRATIONS } from './runtime-migrations.ts';

/** Brings a schema to the newest state: first the runtime's tables, then the service's. Throws with the name that failed. */
export async function migrate<Tables>(
  db: Kysely<Tables & RuntimeTables>,
  schema: string,
  migrations: Migrations<Tables> | undefined,
): Promise<void> {
  const untyped = db as unknown as Kysely<unknown>;
  await untyped.transaction().execute(async (lock) => {
    // held by a transaction and not by a session, which a pooler may give to others
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK}, hashtext(${schema}))`.execute(lock);
    await migrateTo(untyped, schema, 'runtime_migration', RUNTIME_MIGRATIONS);
    if (migrations !== undefined) await migrateTo(untyped, schema, 'migration', migrations.byName);
  });
}

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
  throw new Error(`migration ${failed} of schema ${schema} failed: ${textOf(error)}`, { cause: error });
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
