import type { PeriodDays, Series, Totals } from '#contracts';
import { figuresByDay, type DayFigures, type FigureSource } from '../repository/figures.ts';
import type { Database } from '../service.ts';
import { sumOf } from './flush-beats.ts';

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

/** Figures day by day, and those of as many days before. */
export async function readSeries(db: Database, source: FigureSource, days: PeriodDays, now: Date): Promise<Series> {
  const { from, until } = periodOf(days, now);
  const before = new Date(from.getTime() - days * DAY_MS);
  const known = await figuresByDay(db, source, { from: before, until });
  const all = daysFrom(before, 2 * days).map((date) => pointOf(date, known));
  const points = all.slice(days);
  return { days, points, totals: sumOf(points), previous: sumOf(all.slice(0, days)) };
}

function daysFrom(first: Date, count: number): string[] {
  return Array.from({ length: count }, (_, day) => new Date(first.getTime() + day * DAY_MS).toISOString().slice(0, 10));
}

function pointOf(date: string, known: readonly DayFigures[]): Totals & { date: string } {
  const { views, watchSeconds, viewers } = known.find((day) => day.date === date) ?? NONE;
  return { date, views, watchSeconds, viewers };
}

const NONE: Totals = { views: 0, watchSeconds: 0, viewers: 0 };
