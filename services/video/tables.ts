/** The tables of video, as kysely sees them. `video` is the aggregate; all others hang on it or are projections. */
import type { MediaFailureCode, Rendition, Visibility } from '#contracts';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';

type Fixed<T> = ColumnType<T, T, never>;

/** A video from its draft to its end. */
export interface VideoTable {
  readonly id: Fixed<string>;
  readonly owner_id: Fixed<string>;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly visibility: Visibility;
  readonly file_name: Fixed<string>;
  /** Size of the file that the ticket is for. */
  readonly bytes: Fixed<number>;
  /** Until when the last ticket lets its owner upload. */
  readonly ticket_expires_at: Date;
  /** Incremented by each change that is published. */
  readonly version: number;
  readonly created_at: Fixed<Date>;
  readonly updated_at: Date;
  /** When its file had arrived. */
  readonly uploaded_at: Date | null;
  /** When its newest revision was ready. */
  readonly processed_at: Date | null;
  /** When it was last said that its file cannot become a video. */
  readonly failed_at: Date | null;
  /** Run of its job that failed then; null for a failure of before the version that counts runs. */
  readonly failed_run: number | null;
  /** Newest run of its job that was queued again after an earlier one had ended. */
  readonly retried_run: number | null;
  /** When its first revision was ready. */
  readonly published_at: Date | null;
  /** Follows from the four instants: draft, processing, ready, failed. */
  readonly state: ColumnType<'draft' | 'processing' | 'ready' | 'failed', never, never>;
  readonly duration_seconds: number | null;
  readonly revision: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly has_audio: boolean | null;
  readonly has_poster: boolean | null;
  readonly renditions: JSONColumnType<readonly Rendition[]> | null;
  readonly failure_code: MediaFailureCode | null;
  readonly failure_reason: string | null;
  /** Remarks for the owner on how the video differs from its file. */
  readonly remarks: ColumnType<readonly string[], string | undefined, string>;
  /** Views as stats last told; never counted here. */
  readonly views: Generated<number>;
  /** Version of what stats last told. */
  readonly views_version: Generated<number>;
  readonly likes: Generated<number>;
  readonly comments: Generated<number>;
}

/** Who likes what. */
export interface LikeTable {
  readonly video_id: string;
  readonly user_id: string;
  readonly liked_at: Date;
}

/** Comments below videos. */
export interface CommentTable {
  readonly id: string;
  readonly video_id: string;
  readonly author_id: string;
  readonly text: string;
  readonly created_at: Date;
}

/** Projection of user's profiles: how somebody is named. */
export interface PersonTable {
  readonly user_id: string;
  readonly handle: string;
  readonly display_name: string;
  /** Version of the profile; 0 for what a session said before the profile was heard of. */
  readonly version: number;
}

/** Projection of user's follows. */
export interface FollowTable {
  readonly follower_id: string;
  readonly followee_id: string;
  readonly follows: boolean;
  readonly version: number;
}

/** Projection of user's quotas. */
export interface QuotaTable {
  readonly user_id: string;
  readonly limit_bytes: number;
  readonly used_bytes: number;
  readonly version: number;
}

/** Accounts that are gone, so that a late message brings nothing of them back. */
export interface DepartedTable {
  readonly user_id: string;
  readonly departed_at: Date;
}

/** The tables of video. */
export interface Tables {
  readonly video: VideoTable;
  readonly video_like: LikeTable;
  readonly comment: CommentTable;
  readonly person: PersonTable;
  readonly follow: FollowTable;
  readonly quota: QuotaTable;
  readonly departed: DepartedTable;
}
