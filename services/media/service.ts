import type { media } from '#catalog';
import type * as runtime from '#runtime';
import type * as platform from '#services/platform';
import type { Tables } from './tables.ts';

/** media as it runs: its config, stores and messages. */
export type Service = platform.Service<typeof media, Tables>;
/** The database of media. */
export type Database = runtime.Database<Tables>;
/** A transaction on the database of media. */
export type Transaction = runtime.DatabaseTransaction<Tables>;
