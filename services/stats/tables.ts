/** The tables of stats, as kysely sees them. */
import type { Visibility } from '#contracts';
import type { Generated } from 'kysely';

/** What stats knows of a video, and its figures since it was published. */
export interface VideoTable {
  readonly video_id: string;
  readonly owner_id: string;
  /** Null until it was heard that it was published or changed. */
  readonly title: string | null;
  /** Version with which the title was told. */
  readonly title_version: Generated<number>;
  readonly duration_seconds: number | null;
  readonly published_at: Date | null;
  readonly visibility: Visibility;
  /** Version with which the visibility was told. */
  readonly visibility_version: number;
  /** Whether it is gone; the row stays, so that a late message brings nothing back. */
  readonly deleted: Generated<boolean>;
  readonly views: Generated<number>;
  readonly watch_seconds: Generated<number>;
  readonly viewers: Generated<number>;
  /** Grows by one with each batch that changed the figures. */
  readonly figures_version: Generated<number>;
}

/** Figures of a video in one hour in UTC; hours without any have no row. */
export interface FigureTable {
  readonly video_id: string;
  readonly hour: Date;
  readonly views: number;
  readonly watch_seconds: number;
  readonly viewers: number;
}

/** Batches that were applied. */
export interface BatchTable {
  readonly batch_id: string;
  readonly applied_at: Date;
}

/** The tables of stats. */
export interface Tables {
  readonly video: VideoTable;
  readonly figure: FigureTable;
  readonly applied_batch: BatchTable;
}
