import { mediaApi, routePath, type OwnVideo, type VideoCard, type VideoDetail } from '#contracts';
import type { VideoRow } from '../repository/videos.ts';
import { personOf } from './person.ts';

/** A video in a grid. */
export function cardOf(row: VideoRow): VideoCard {
  return {
    videoId: row.id,
    title: row.title,
    owner: personOf(row.owner_id, row),
    visibility: row.visibility,
    state: row.state,
    durationSeconds: row.duration_seconds,
    posterUrl: posterUrlOf(row),
    views: row.views,
    likes: row.likes,
    tags: [...row.tags],
    createdAt: row.created_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
  };
}

/** A video in its owner's list. */
export function ownVideoOf(row: VideoRow): OwnVideo {
  return {
    ...cardOf(row),
    version: row.version,
    description: row.description,
    comments: row.comments,
    fileName: row.file_name,
    bytes: row.bytes,
    failure: failureOf(row),
    remarks: [...row.remarks],
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A video as its page shows it to a caller. */
export function detailOf(
  row: VideoRow,
  caller: { readonly userId: string | undefined; readonly likes: boolean },
): VideoDetail {
  const mine = row.owner_id === caller.userId;
  return {
    ...cardOf(row),
    version: row.version,
    description: row.description,
    comments: row.comments,
    likedByMe: caller.likes,
    mine,
    playback: playbackOf(row),
    failure: mine ? failureOf(row) : null,
    ...(mine ? { remarks: [...row.remarks] } : {}),
    updatedAt: row.updated_at.toISOString(),
  };
}

function posterUrlOf({ id, revision, has_poster }: VideoRow): string | null {
  return revision !== null && has_poster === true ? routePath(mediaApi, 'readPoster', { videoId: id, revision }) : null;
}

function playbackOf(row: VideoRow): VideoDetail['playback'] {
  const { id: videoId, revision, width, height } = row;
  if (revision === null || width === null || height === null) return null;
  return {
    revision,
    masterUrl: routePath(mediaApi, 'readMasterPlaylist', { videoId, revision }),
    originalUrl: routePath(mediaApi, 'readOriginal', { videoId }),
    width,
    height,
    hasAudio: row.has_audio === true,
    renditions: [...(row.renditions ?? [])],
  };
}

function failureOf({ state, failure_code, failure_reason }: VideoRow): OwnVideo['failure'] {
  if (state !== 'failed' || failure_code === null) return null;
  return { code: failure_code, reason: failure_reason ?? '' };
}
