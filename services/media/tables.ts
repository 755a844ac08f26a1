import type { Rendition, Visibility } from '#contracts';
import type { Generated, JSONColumnType } from 'kysely';

/** What media knows of a video: a projection of what video says, by which bytes are given out or not. */
export interface VideoTable {
  readonly video_id: string;
  readonly owner_id: string;
  readonly visibility: Visibility;
  /** Version of the aggregate at video; 0 while only an upload told of it. */
  readonly version: number;
  /** Stays when the bytes are gone, so that what comes late does not bring them back. */
  readonly deleted: Generated<boolean>;
}

/** Uploads; the bytes of one lie in a file of its id, which stays as the original once complete. */
export interface UploadTable {
  readonly upload_id: string;
  readonly video_id: string;
  readonly owner_id: string;
  readonly file_name: string;
  readonly bytes: number;
  /** Header `Upload-Metadata` of the client, given back as it was. */
  readonly metadata: JSONColumnType<Readonly<Record<string, string | null>>>;
  /** Media type, known once the worker looked at it. */
  readonly content_type: string | null;
  readonly started_at: Date;
  readonly expires_at: Date;
  readonly completed_at: Date | null;
}

/** Finished sets of renditions; the newest is played. */
export interface RevisionTable {
  readonly video_id: string;
  readonly revision: string;
  readonly job_id: string;
  readonly duration_seconds: number;
  readonly width: number;
  readonly height: number;
  readonly has_audio: boolean;
  readonly has_poster: boolean;
  readonly renditions: JSONColumnType<Rendition[]>;
  readonly stored_bytes: number;
  readonly created_at: Date;
}

/** Runs of jobs that are not wanted any more. */
export interface CancelledRunTable {
  readonly job_id: string;
  readonly run: number;
  readonly cancelled_at: Date;
}

/** Tables of media. */
export interface Tables {
  readonly video: VideoTable;
  readonly upload: UploadTable;
  readonly revision: RevisionTable;
  readonly cancelled_run: CancelledRunTable;
}
