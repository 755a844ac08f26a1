import { videoUpdated, videoVisibilityChanged, type changeVideoBody } from '#contracts';
import { assertVersion } from '#runtime';
import type { Session } from '#services/platform';
import type { z } from 'zod';
import { lockOwn } from '../access.ts';
import { findVideo, updateVideo, type VideoRow } from '../repository/videos.ts';
import type { Service, Transaction } from '../service.ts';

type Changes = z.output<typeof changeVideoBody>;

/** What is to change, and which version its owner knows. */
export interface ChangeWish {
  readonly videoId: string;
  readonly session: Session;
  readonly knownVersion: number;
  readonly changes: Changes;
  readonly at: Date;
}

/**
 * Changes your own video, from the version that its owner knows, and publishes that: words and visibility are told apart, and each
 * is a version of its own. What is the same as before is no change.
 */
export async function changeVideo(service: Service, wish: ChangeWish): Promise<VideoRow> {
  return await service.transaction(async (trx) => {
    const before = await lockOwn(trx, wish.videoId, wish.session);
    assertVersion(wish.knownVersion, before.version);
    const afterWords = await changeWords(service, trx, before, wish);
    return await changeVisibility(service, trx, afterWords, wish);
  });
}

async function changeWords(
  service: Service,
  trx: Transaction,
  before: VideoRow,
  { changes, at }: ChangeWish,
): Promise<VideoRow> {
  const words = {
    title: changes.title ?? before.title,
    description: changes.description ?? before.description,
    tags: changes.tags === undefined ? [...before.tags] : [...new Set(changes.tags)],
  };
  if (sameWords(words, before)) return before;
  const after = await updated(trx, before, words, at);
  await service.enqueue(trx, videoUpdated, {
    aggregate: before.id,
    time: at,
    data: { ...identityOf(after), ...words, updatedAt: at.toISOString() },
  });
  return after;
}

async function changeVisibility(
  service: Service,
  trx: Transaction,
  before: VideoRow,
  { changes, at }: ChangeWish,
): Promise<VideoRow> {
  const { visibility } = changes;
  if (visibility === undefined || visibility === before.visibility) return before;
  const after = await updated(trx, before, { visibility }, at);
  await service.enqueue(trx, videoVisibilityChanged, {
    aggregate: before.id,
    time: at,
    data: { ...identityOf(after), visibility, previous: before.visibility, changedAt: at.toISOString() },
  });
  return after;
}

async function updated(
  trx: Transaction,
  before: VideoRow,
  columns: Parameters<typeof updateVideo>[2],
  at: Date,
): Promise<VideoRow> {
  await updateVideo(trx, before.id, columns, { at, changes: 1 });
  const after = await findVideo(trx, before.id);
  if (after === undefined) throw new Error(`video ${before.id} disappeared while it was locked`);
  return after;
}

function identityOf({ id, owner_id, version }: VideoRow) {
  return { videoId: id, ownerId: owner_id, version };
}

function sameWords(words: Pick<VideoRow, 'title' | 'description' | 'tags'>, before: VideoRow): boolean {
  const { title, description, tags } = words;
  return title === before.title && description === before.description && tags.join() === before.tags.join();
}
