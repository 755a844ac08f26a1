import type { RenditionStep } from '#catalog';
import type { Size } from './bounds.ts';

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
export function planRenditions(video: Size, ladder: readonly RenditionStep[]): PlannedRendition[] {
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
  const most = mostPixels(ladder);
  return steps.map(({ height: lines, kilobitsPerSecond }) => {
    const scale = lines / shortSide;
    const shrink = Math.min(1, Math.sqrt(most / (video.width * scale * video.height * scale)));
    return {
      name: `${lines}p`,
      width: even(video.width * scale * shrink),
      height: even(video.height * scale * shrink),
      kilobitsPerSecond,
    };
  });
}

/** Pixels of the largest rendition: twice those of 16:9 on the top step. What is longer than that gets fewer lines. */
function mostPixels(ladder: readonly RenditionStep[]): number {
  const lines = Math.max(...ladder.map(({ height }) => height));
  return 2 * lines ** 2 * (16 / 9);
}

/** H.264 with 4:2:0 wants even sizes. */
function even(size: number): number {
  return Math.max(2, Math.floor(size / 2) * 2);
}
