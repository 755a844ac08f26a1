import type { stats } from '#catalog';
import type { Database, DatabaseTransaction, Service } from '#runtime';
import type { StatsTables } from './tables.ts';

/** What the runtime offers to the parts of stats. */
export type StatsService = Service<typeof stats, StatsTables>;

/** A transaction on stats' schema. */
export type StatsTransaction = DatabaseTransaction<StatsTables>;

/** Stats' schema, within a transaction or outside. */
export type StatsDatabase = Database<StatsTables>;
