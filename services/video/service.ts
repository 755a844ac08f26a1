import type { video } from '#catalog';
import type * as runtime from '#runtime';
import type * as platform from '#services/platform';
import type { Tables } from './tables.ts';

/** video as it runs: its config, stores and messages. */
export type Service = platform.Service<typeof video, Tables>;
/** The database of video. */
export type Database = runtime.Database<Tables>;
/** A transaction on the database of video. */
export type Transaction = runtime.DatabaseTransaction<Tables>;
