/** Order statistics only: times on a shared machine have a long tail that a mean would follow. */

/** The middle of some figures and how far it can be trusted. */
export interface Summary {
  readonly median: number;
  /** Ends of the 95 % interval of the median (sign test): no assumption about how the figures are spread. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

const CONFIDENCE = 0.95;

/** Median with its interval; with fewer than six figures, the interval is their whole range. */
export function summaryOf(figures: readonly number[]): Summary {
  const sorted = figures.toSorted((a, b) => a - b);
  const count = sorted.length;
  if (count === 0) throw new Error('a summary of no figures was asked for: measure at least once');
  const cut = cutOf(count);
  return { median: quantile(sorted, 0.5), low: at(sorted, cut), high: at(sorted, count - 1 - cut), count };
}

/** The value below which a share of sorted figures lies, between neighbours by weight. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const rest = place - below;
  return at(sorted, below) * (1 - rest) + at(sorted, Math.ceil(place)) * rest;
}

/** Spread of the middle half as a share of the median. */
export function relativeSpread(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / quantile(sorted, 0.5);
}

/** How many figures may be left out at each end. */
function cutOf(count: number): number {
  let cut = 0;
  let tail = 2 ** -count;
  let coefficient = 1;
  while (2 * tail <= 1 - CONFIDENCE) {
    cut += 1;
    coefficient = (coefficient * (count - cut + 1)) / cut;
    tail += coefficient * 2 ** -count;
  }
  return Math.max(0, cut - 1);
}

function at(sorted: readonly number[], index: number): number {
  return sorted[Math.min(Math.max(index, 0), sorted.length - 1)] ?? Number.NaN;
}
