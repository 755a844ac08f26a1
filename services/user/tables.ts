import type { Role, Settings } from '#contracts';
import type { Generated } from 'kysely';

/** Profiles: what auth told of an account, and what its owner made of it. */
export interface ProfileTable {
  readonly user_id: string;
  readonly handle: string;
  readonly display_name: string;
  readonly bio: Generated<string>;
  readonly role: Role;
  /** Version of the account that the row knows; 0 while only a session told of it. */
  readonly account_version: number;
  /** Grows by one with each `profile_updated`. */
  readonly version: number;
  readonly joined_at: Date;
}

/** Accounts that are gone: what still arrives about them is ignored. */
export interface GoneAccountTable {
  readonly user_id: string;
  readonly gone_at: Generated<Date>;
}

/** Settings of a user; made with the profile. */
export interface SettingsTable {
  readonly user_id: string;
  readonly theme: Generated<Settings['theme']>;
  readonly autoplay: Generated<boolean>;
  readonly keep_history: Generated<boolean>;
  readonly default_visibility: Generated<Settings['defaultVisibility']>;
}

/** Allowance of a user, and what is used of it; made with the profile. */
export interface QuotaTable {
  readonly user_id: string;
  readonly limit_bytes: number;
  readonly used_bytes: number;
  /** Grows by one with each `quota_changed`. */
  readonly version: number;
}

/**
 * What each video takes of its owner's allowance. A row stays with 0 bytes when they are gone: the news of its upload may come
 * after that of its deletion.
 */
export interface StoredVideoTable {
  readonly video_id: string;
  readonly owner_id: string;
  readonly quota_bytes: number;
  /** When the bytes came or went; older news is ignored. */
  readonly changed_at: Date;
}

/** Who follows whom. A row stays when it ended, since its version counts the changes of the pair. */
export interface FollowTable {
  readonly follower_id: string;
  readonly followee_id: string;
  readonly active: boolean;
  readonly version: number;
  readonly followed_at: Date;
}

/** Each follower that somebody gained or lost, for the figures of the audience; nobody is named. */
export interface AudienceChangeTable {
  readonly change_id: Generated<number>;
  readonly followee_id: string;
  readonly gained: 1 | -1;
  readonly changed_at: Generated<Date>;
}

/** Videos that somebody watched, and where they were left. */
export interface WatchedTable {
  readonly user_id: string;
  readonly video_id: string;
  readonly position_seconds: number;
  readonly duration_seconds: number;
  readonly watched_at: Date;
}

/** Tables of user. */
export interface Tables {
  readonly profile: ProfileTable;
  readonly gone_account: GoneAccountTable;
  readonly settings: SettingsTable;
  readonly quota: QuotaTable;
  readonly stored_video: StoredVideoTable;
  readonly follow: FollowTable;
  readonly audience_change: AudienceChangeTable;
  readonly watched: WatchedTable;
}
