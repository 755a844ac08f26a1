import type { queue } from '#catalog';
import type * as runtime from '#runtime';
import type * as platform from '#services/platform';
import type { Tables } from './tables.ts';

/** queue as it runs: its config, stores and messages. */
export type Service = platform.Service<typeof queue, Tables>;
/** The database of queue. */
export type Database = runtime.Database<Tables>;
/** A transaction on the database of queue. */
export type Transaction = runtime.DatabaseTransaction<Tables>;
