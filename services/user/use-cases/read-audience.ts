import type { Audience, PeriodDays } from '#contracts';
import { countFollows, sumAudienceChanges } from '../repository/follows.ts';
import type { Service } from '../service.ts';

const DAY_MS = 86_400_000;

/** Followers now, gained in the days until now, today included, and in as many days before. Days are those of UTC. */
export async function readAudience(
  { db }: Pick<Service, 'db'>,
  { userId, days, now }: { readonly userId: string; readonly days: PeriodDays; readonly now: Date },
): Promise<Audience> {
  const tomorrow = Math.floor(now.getTime() / DAY_MS) * DAY_MS + DAY_MS;
  const [end, start, before] = [0, days, 2 * days].map((back) => new Date(tomorrow - back * DAY_MS)) as [
    Date,
    Date,
    Date,
  ];
  const [{ followers }, gained, previouslyGained] = await Promise.all([
    countFollows(db, userId),
    sumAudienceChanges(db, userId, start, end),
    sumAudienceChanges(db, userId, before, start),
  ]);
  return { followers, gained, previouslyGained };
}
