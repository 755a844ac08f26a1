import type { video } from '#catalog';
import type { Database, DatabaseTransaction, Service } from '#runtime';
import type { VideoTables } from './tables.ts';

/** What the runtime offers to the parts of video. */
export type VideoService = Service<typeof video, VideoTables>;

/** A transaction on video's schema. */
export type VideoTransaction = DatabaseTransaction<VideoTables>;

/** Video's schema, within a transaction or outside. */
export type VideoDatabase = Database<VideoTables>;
