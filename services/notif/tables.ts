import type { NotificationKind } from '#contracts';

/**
 * One row for each account that ever had a notification. A transaction that changes entries of a mailbox locks its row first, so ids
 * are given in the order of the commits and `unread` is always right.
 */
export interface MailboxTable {
  readonly user_id: string;
  /** Highest id that was given. */
  readonly last_id: number;
  /** Entries that were not read. */
  readonly unread: number;
  /** When the account was deleted; such a mailbox takes nothing more, however late an event comes. */
  readonly closed_at: Date | null;
}

/** Entries of the mailboxes. */
export interface NotificationTable {
  readonly user_id: string;
  /** Grows by one within a mailbox; also the id of the event on the stream. */
  readonly id: number;
  readonly kind: NotificationKind;
  /** What it comes from, such as `liked:<video>:<liker>`; one cause gives a mailbox one entry. */
  readonly cause: string;
  readonly title: string;
  readonly body: string;
  readonly link: string;
  readonly actor_id: string | null;
  readonly actor_handle: string | null;
  readonly actor_name: string | null;
  readonly video_id: string | null;
  readonly created_at: Date;
  readonly read_at: Date | null;
}

/** Which notifications somebody wants; without a row all of them. */
export interface PreferenceTable {
  readonly user_id: string;
  readonly video_published: boolean;
  readonly video_commented: boolean;
  readonly video_liked: boolean;
  readonly followed: boolean;
}

/** Every change of every follow, so that who followed at an instant is known in whatever order the changes arrive. */
export interface FollowChangeTable {
  readonly followee_id: string;
  readonly follower_id: string;
  /** Counts the changes of the pair. */
  readonly version: number;
  readonly following: boolean;
  readonly changed_at: Date;
}

/** Public videos that were published, for a follow that is heard of after the publication that it came before. */
export interface PublicationTable {
  readonly video_id: string;
  readonly owner_id: string;
  readonly owner_handle: string;
  readonly owner_name: string;
  readonly title: string;
  readonly published_at: Date;
}

/** Tables of notif. */
export interface Tables {
  readonly mailbox: MailboxTable;
  readonly notification: NotificationTable;
  readonly preference: PreferenceTable;
  readonly follow_change: FollowChangeTable;
  readonly publication: PublicationTable;
}
