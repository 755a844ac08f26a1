import type { queue } from '#catalog';
import type { Database, DatabaseTransaction, Service } from '#runtime';
import type { QueueTables } from './tables.ts';

/** queue as it runs: its config, stores and bus. */
export type QueueService = Service<typeof queue, QueueTables>;
/** The database of queue. */
export type QueueDatabase = Database<QueueTables>;
/** A transaction on the database of queue. */
export type QueueTransaction = DatabaseTransaction<QueueTables>;
