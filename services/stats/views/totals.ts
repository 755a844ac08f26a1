import type { Totals } from '#contracts';

/** The sum of figures. */
export function sumOf(figures: readonly Totals[]): Totals {
  return figures.reduce(
    (sum, { views, watchSeconds, viewers }) => ({
      views: sum.views + views,
      watchSeconds: sum.watchSeconds + watchSeconds,
      viewers: sum.viewers + viewers,
    }),
    { views: 0, watchSeconds: 0, viewers: 0 },
  );
}
