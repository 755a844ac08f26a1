/**
 * The rate of the renditions, from the times of the pictures. Header fields are not believed: recorders of screens and
 * browsers write 1000 or nothing at all.
 */

/** Pictures a second. */
export interface FrameRate {
  readonly perSecond: number;
  /** The same as ffmpeg takes it, such as `30000/1001`. */
  readonly text: string;
}

const MOST_PER_SECOND = 60;
/** One picture lasts no longer than a segment. */
const LEAST_PER_SECOND = 0.25;
/** Rate of a film of one picture: low, because nothing moves. */
const STILL: FrameRate = { perSecond: 5, text: '5' };
const USUAL = ['24000/1001', '24', '25', '30000/1001', '30', '48', '50', '60000/1001', '60', '10', '12', '15', '20'];
/** How far a picture may be from its place on the grid of a declared rate, as a share of its length. */
const OFF_GRID = 0.1;
/** How far a measured rate may be from a usual one that it is taken for. */
const NEAR_ENOUGH = 0.004;

/** Reads `30000/1001`; undefined when it says nothing. */
export function frameRate(text: string | undefined): FrameRate | undefined {
  const [over, under = 1] = (text ?? '').split('/').map(Number);
  if (over === undefined || !(over > 0) || !(under > 0)) return undefined;
  return { perSecond: over / under, text: under === 1 ? String(over) : `${over}/${under}` };
}

/**
 * The rate at which a film is shown, from the times of its first pictures in order. A steady film keeps its own rate; one
 * whose pictures come as something changes gets the usual rate at which its faster part runs.
 */
export function measuredRate(times: readonly number[], declared: readonly (string | undefined)[]): FrameRate {
  const steps = times
    .slice(1)
    .map((time, i) => time - (times[i] ?? 0))
    .filter((step) => step > 0.0005)
    .toSorted((a, b) => a - b);
  const median = quantile(steps, 0.5);
  if (median === undefined) return STILL;
  const normal = steps.filter((step) => step > median / 2 && step < median * 1.5);
  const isSteady =
    normal.length >= steps.length * 0.9 && (quantile(normal, 0.9) ?? 0) <= (quantile(normal, 0.1) ?? 0) * 1.6;
  const mean = normal.reduce((sum, step) => sum + step, 0) / normal.length;
  const burst = 1 / (quantile(steps, 0.25) ?? median);
  const rate = isSteady ? steadyRate(1 / mean, declared) : (gridRate(steps, declared) ?? burstRate(burst));
  return within(rate);
}

function steadyRate(perSecond: number, declared: readonly (string | undefined)[]): FrameRate {
  const known = declared.map(frameRate).filter((one) => one !== undefined);
  return (
    nearest(perSecond, known, NEAR_ENOUGH / 4) ?? nearest(perSecond, usualRates(), NEAR_ENOUGH) ?? rounded(perSecond)
  );
}

/** A declared rate at which all pictures fit that are there, as where pictures without a change were left out. */
function gridRate(steps: readonly number[], declared: readonly (string | undefined)[]): FrameRate | undefined {
  const known = declared.map(frameRate).filter((one) => one !== undefined);
  return known.find(({ perSecond }) => {
    const isUsual = nearest(perSecond, usualRates(), NEAR_ENOUGH) !== undefined;
    return isUsual && steps.every((step) => Math.abs(step * perSecond - Math.round(step * perSecond)) < OFF_GRID);
  });
}

function burstRate(perSecond: number): FrameRate {
  if (perSecond < 9) return rounded(Math.max(perSecond, STILL.perSecond));
  const whole = usualRates().filter((one) => Number.isInteger(one.perSecond));
  return nearest(perSecond, whole, Infinity) ?? rounded(perSecond);
}

function within(rate: FrameRate): FrameRate {
  if (rate.perSecond > MOST_PER_SECOND) return { perSecond: MOST_PER_SECOND, text: String(MOST_PER_SECOND) };
  return rate.perSecond < LEAST_PER_SECOND ? { perSecond: LEAST_PER_SECOND, text: '1/4' } : rate;
}

function nearest(perSecond: number, rates: readonly FrameRate[], tolerance: number): FrameRate | undefined {
  const distance = (one: FrameRate): number => Math.abs(Math.log(one.perSecond / perSecond));
  const [best] = rates.toSorted((a, b) => distance(a) - distance(b));
  return best !== undefined && distance(best) <= tolerance ? best : undefined;
}

function usualRates(): FrameRate[] {
  return USUAL.map(frameRate).filter((one) => one !== undefined);
}

function rounded(perSecond: number): FrameRate {
  const thousandths = Math.max(1, Math.round(perSecond * 1000));
  return { perSecond: thousandths / 1000, text: `${thousandths}/1000` };
}

function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.floor((sorted.length - 1) * share)];
}
