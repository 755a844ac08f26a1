import type { media } from '#catalog';
import type { Database, DatabaseTransaction, Service } from '#runtime';
import type { MediaTables } from './tables.ts';

/** media as it runs: its config, stores and bus. */
export type MediaService = Service<typeof media, MediaTables>;
/** The database of media. */
export type MediaDatabase = Database<MediaTables>;
/** A transaction on the database of media. */
export type MediaTransaction = DatabaseTransaction<MediaTables>;
