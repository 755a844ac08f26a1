import type { RenditionStep } from '#catalog';
import type { ProbedVideo } from './probe.ts';

/** One rendition that is to be made. */
export interface PlannedRendition {
  /** Path segment, such as `720p`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Cap of the picture's rate. */
  readonly kilobitsPerSecond: number;
}

/** How much larger than the last step a source must be to get a rendition of its own size. */
const WORTH_A_STEP = 1.2;

/**
 * Picks the steps of a ladder that a video is large enough for; the short side counts, so an upright video is not made
 * tiny. A source between two steps, or below all, also gets its own size. Nothing is made larger than it was.
 */
export function planRenditions(
  video: Pick<ProbedVideo, 'width' | 'height'>,
  ladder: readonly RenditionStep[],
): PlannedRendition[] {
  const shortSide = Math.min(video.width, video.height);
  const fitting = ladder.filter(({ height }) => height <= shortSide);
  const next = ladder.find(({ height }) => height > shortSide);
  const largest = fitting.at(-1);
  const steps = [...fitting];
  if (next !== undefined && shortSide >= (largest?.height ?? 0) * WORTH_A_STEP) {
    const share = (shortSide / next.height) ** 2;
    const kilobits = Math.max(Math.round(next.kilobitsPerSecond * share), largest?.kilobitsPerSecond ?? 100);
    steps.push({ height: shortSide, kilobitsPerSecond: kilobits });
  }
  return steps.map(({ height: lines, kilobitsPerSecond }) => ({
    name: `${lines}p`,
    width: even((video.width * lines) / shortSide),
    height: even((video.height * lines) / shortSide),
    kilobitsPerSecond,
  }));
}

/** H.264 with 4:2:0 wants even sizes. */
function even(size: number): number {
  return Math.max(2, Math.floor(size / 2) * 2);
}
