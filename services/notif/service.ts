import type { notif } from '#catalog';
import type { notify } from '#contracts';
import type { DataOf } from '#declare';
import type * as runtime from '#runtime';
import type * as platform from '#services/platform';
import type { Tables } from './tables.ts';

/** notif as it runs: its config, stores and messages. */
export type Service = platform.Service<typeof notif, Tables>;
/** The database of notif. */
export type Database = runtime.Database<Tables>;
/** A transaction on the database of notif. */
export type Transaction = runtime.DatabaseTransaction<Tables>;

/** The change of a mailbox, announced to every replica once it is committed. */
export type Announcement = DataOf<typeof notify>;
