import type { DatabaseOptions, OpenDatabase } from './database.ts';
import type { Migrations } from './define-migrations.ts';

/**
 * Opens and migrates the database of a service outside of it, for a command of its own. PostgreSQL's client is loaded only
 * when it is called. Throws a `DependencyError` when the database does not answer or refuses the login.
 */
export async function openDatabase<Tables>(
  options: DatabaseOptions & { readonly migrations: Migrations<Tables> },
): Promise<OpenDatabase<Tables>> {
  const [database, { migrateApart }] = await Promise.all([import('./database.ts'), import('./migration-database.ts')]);
  const opened = await database.openDatabase<Tables>(options);
  try {
    await migrateApart(options, options.migrations);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
