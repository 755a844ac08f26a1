import type { PeriodDays } from '#contracts';

/** A time from one instant to before another. */
export interface Period {
  readonly from: Date;
  readonly until: Date;
}

const DAY_MS = 86_400_000;

/** The last `days` days in UTC, the present one included. */
export function periodOf(days: PeriodDays, now: Date): Period {
  const until = (Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS;
  return { from: new Date(until - days * DAY_MS), until: new Date(until) };
}
