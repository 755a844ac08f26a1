import { cursorInstant, type Follow } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import { z } from 'zod';
import { findFollows } from '../repository/follows.ts';
import type { Service } from '../service.ts';
import { followOf } from '../views/follow.ts';
import { requireProfile } from './require-profile.ts';

const place = z.object({ followedAt: cursorInstant.transform((text) => new Date(text)), userId: z.uuid() });

/** A page of the followers of a user, or of those whom the user follows, the latest first. Throws `not_found`. */
export async function listFollows(
  service: Service,
  query: {
    readonly side: 'followers' | 'following';
    readonly handle: string;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ readonly items: Follow[]; readonly nextCursor: string | null }> {
  const { side, handle, cursor, limit } = query;
  const after = decodeCursor(place, cursor);
  const { user_id } = await requireProfile(service, handle);
  const rows = await findFollows(service.db, side, user_id, { after, limit: limit + 1 });
  return pageFrom(rows, limit, followOf, (row) => ({ followedAt: row.followed_at, userId: row.user_id }));
}
