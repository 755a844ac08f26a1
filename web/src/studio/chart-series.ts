/** Figures of a period, made ready for a chart, its table and its tiles. */
import type { Audience, Series, SeriesPoint, Totals } from '#contracts';
import { fullNumber, roughDuration } from '../format/figures.ts';

/** What a chart can show. */
export type Metric = keyof Totals;

/** Names of what a chart can show. */
export const METRICS = [
  { value: 'views', label: 'Views' },
  { value: 'watchSeconds', label: 'Watch time' },
  { value: 'viewers', label: 'Viewers' },
] as const satisfies readonly { readonly value: Metric; readonly label: string }[];

/** One day of a chart. */
export interface ChartPoint {
  readonly date: string;
  readonly label: string;
  readonly value: number;
}

const DAY = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Days of a series as a chart shows them: watch time in minutes. */
export function chartPoints(points: readonly SeriesPoint[], metric: Metric): readonly ChartPoint[] {
  return points.map((point) => ({
    date: point.date,
    label: DAY.format(new Date(`${point.date}T00:00:00Z`)),
    value: metric === 'watchSeconds' ? Math.round(point.watchSeconds / 6) / 10 : point[metric],
  }));
}

/** A figure in words. */
export function metricWords(metric: Metric, value: number): string {
  return metric === 'watchSeconds' ? roughDuration(value) : fullNumber(value);
}

/** How a figure stands against the period before. */
export interface Change {
  readonly tone: 'up' | 'down' | 'same';
  readonly text: string;
}

/** How a figure stands against the one before; never a percentage of nothing. */
export function changeOf(now: number, before: number): Change {
  if (now === before) return { tone: 'same', text: 'no change' };
  if (before === 0) return { tone: 'up', text: 'none before' };
  const percent = Math.round(((now - before) / before) * 100);
  if (percent === 0) return { tone: 'same', text: 'no change' };
  return { tone: percent > 0 ? 'up' : 'down', text: `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %` };
}

/** One figure above the chart. */
export interface Tile {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly change: Change;
}

/** The tiles of a period; without an audience there is none for followers. */
export function tilesOf(series: Pick<Series, 'totals' | 'previous'>, audience: Audience | undefined): readonly Tile[] {
  const tiles = METRICS.map(({ value: metric, label }) => ({
    key: metric,
    label,
    value: metricWords(metric, series.totals[metric]),
    change: changeOf(series.totals[metric], series.previous[metric]),
  }));
  return audience === undefined ? tiles : [...tiles, followersTile(audience)];
}

function followersTile({ followers, gained, previouslyGained }: Audience): Tile {
  const sign = (value: number): string => (value > 0 ? `+${fullNumber(value)}` : fullNumber(value).replace('-', '−'));
  return {
    key: 'followers',
    label: 'Followers',
    value: fullNumber(followers),
    change: {
      tone: gained > previouslyGained ? 'up' : gained < previouslyGained ? 'down' : 'same',
      text: `${sign(gained)}, ${sign(previouslyGained)} before`,
    },
  };
}

/** Whether there is nothing to draw. */
export function isFlat(points: readonly ChartPoint[]): boolean {
  return points.every(({ value }) => value === 0);
}
