import type { PeriodDays, Series, Totals } from '#contracts';
import { figuresByDay, type DayFigures, type FigureSource } from '../repository/figures.ts';
import type { Service } from '../service.ts';
import { periodOf } from '../views/period.ts';
import { sumOf } from '../views/totals.ts';

const DAY_MS = 86_400_000;

/** Figures day by day, and those of as many days before. */
export async function readSeries(
  { db }: Service,
  { source, days, now }: { readonly source: FigureSource; readonly days: PeriodDays; readonly now: Date },
): Promise<Series> {
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
