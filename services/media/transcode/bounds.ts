/**
 * How large a film may be. All of it is looked at before any work, because a small file can ask for a lot: 51 KB with
 * pixels 25 times as wide as high made ffmpeg take 800 MiB.
 */
import { UnusableVideo } from './unusable-video.ts';

/** Pixels of one picture, as it is stored and as it is shown: 8K. */
export const MOST_PIXELS = 7680 * 4320;
/** Pixels of one side of the shown picture. */
const LONGEST_SIDE = 8192;
/** How often the short side of the shown picture fits into the long one. */
const WIDEST_RATIO = 64;
/** Tracks of a file. Each one costs a decoder's memory as soon as the file is opened. */
export const MOST_TRACKS = 128;
const LONGEST_SECONDS = 12 * 3600;

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Throws an {@link UnusableVideo} when a picture is larger, or longer and thinner, than may be. */
export function checkSize(stored: Size, shown: Size): void {
  const { width, height } = shown;
  const words = `The picture is ${width} × ${height} pixels when displayed`;
  if (stored.width * stored.height > MOST_PIXELS) {
    throw new UnusableVideo('too_large', `The picture is ${stored.width} × ${stored.height}, larger than 8K.`);
  }
  if (Math.max(width, height) > LONGEST_SIDE || width * height > MOST_PIXELS) {
    throw new UnusableVideo('too_large', `${words}; the limit is 8K, with ${LONGEST_SIDE} on the longer side.`);
  }
  if (Math.max(width, height) > WIDEST_RATIO * Math.min(width, height)) {
    throw new UnusableVideo('too_large', `${words}; one side may be at most ${WIDEST_RATIO} times the other.`);
  }
}

/** Throws an {@link UnusableVideo} when a film is too long. */
export function checkLength(seconds: number): void {
  if (seconds <= LONGEST_SECONDS) return;
  throw new UnusableVideo('too_long', `The video is longer than ${LONGEST_SECONDS / 3600} hours.`);
}

/** The fault of a file with too many tracks. */
export function tooManyTracks(cause: Error): UnusableVideo {
  return new UnusableVideo('too_large', `The file has more than ${MOST_TRACKS} tracks.`, { cause });
}
