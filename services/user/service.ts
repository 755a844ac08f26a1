import type { user } from '#catalog';
import type * as runtime from '#runtime';
import type * as platform from '#services/platform';
import type { Tables } from './tables.ts';

/** user as it runs: its config, stores and messages. */
export type Service = platform.Service<typeof user, Tables>;
/** The database of user. */
export type Database = runtime.Database<Tables>;
/** A transaction on the database of user. */
export type Transaction = runtime.DatabaseTransaction<Tables>;
