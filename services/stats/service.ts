import type { stats } from '#catalog';
import type * as runtime from '#runtime';
import type * as platform from '#services/platform';
import type { Tables } from './tables.ts';

/** stats as it runs: its config, stores and messages. */
export type Service = platform.Service<typeof stats, Tables>;
/** The database of stats. */
export type Database = runtime.Database<Tables>;
/** A transaction on the database of stats. */
export type Transaction = runtime.DatabaseTransaction<Tables>;
