import type { Person } from '#contracts';
import type { VideoRow } from '../repository/videos.ts';

/** Somebody with the names that are known; nobody is shown without a name. */
export function personOf(userId: string, names: Pick<VideoRow, 'handle' | 'display_name'>): Person {
  return { userId, handle: names.handle ?? 'unknown', displayName: names.display_name ?? 'unknown' };
}
