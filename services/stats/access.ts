import { notFound } from '#runtime';
import type { Session } from '#services/platform';
import { findPublished, type PublishedVideo } from './repository/videos.ts';
import type { Database } from './service.ts';

/** A published video that the caller may watch; a private one is there for its owner alone. Else `not_found`. */
export async function videoSeenBy(
  db: Database,
  videoId: string,
  session: Session | undefined,
): Promise<PublishedVideo> {
  const video = await findPublished(db, videoId);
  if (video === undefined) throw notFound();
  if (video.visibility === 'private' && video.owner_id !== session?.userId) throw notFound();
  return video;
}

/** A published video of the caller; else `not_found`. */
export async function ownVideo(db: Database, videoId: string, session: Session): Promise<PublishedVideo> {
  const video = await findPublished(db, videoId);
  if (video?.owner_id !== session.userId) throw notFound();
  return video;
}
