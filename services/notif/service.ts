import type { notif } from '#catalog';
import type { notify } from '#contracts';
import type { DataOf } from '#declare';
import type { Database, DatabaseTransaction, Service } from '#runtime';
import type { NotifTables } from './tables.ts';

/** What the runtime offers to the parts of notif. */
export type NotifService = Service<typeof notif, NotifTables>;

/** A transaction on notif's schema. */
export type NotifTransaction = DatabaseTransaction<NotifTables>;

/** Notif's schema, within a transaction or outside. */
export type NotifDatabase = Database<NotifTables>;

/** What a mailbox's change is told with, once it is committed. */
export type Announcement = DataOf<typeof notify>;
