/**
 * The poster. While the film is encoded, some of its pictures are kept as JPEG files of one quality, and as a few grey
 * points each. Such a file is the larger the more there is on it, so a fade and a blur lose against a clear picture; the
 * points tell how much of it is black.
 */
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { remove } from '../disk/media-files.ts';

/** At most this many pictures are looked at, evenly over the film. */
export const POSTER_CANDIDATES = 12;
/** Seconds between two of them, at the least. */
export const POSTER_STEP_SECONDS = 0.25;
/** Name of their files, as ffmpeg numbers them. */
export const CANDIDATE_FILES = 'candidate-%02d.jpg';
/** File of the grey points of all candidates, one after the other. */
export const POINTS_FILE = 'candidates.grey';
/** Points of one candidate are a square of this side. */
export const POINTS_SIDE = 16;

const CANDIDATE = /^candidate-\d+\.jpg$/;
/** Grey above which a point is not black. */
const LIT = 40;

/** Renames the best candidate to `poster.jpg` and removes the others; false without candidates. */
export async function choosePoster(folder: string): Promise<boolean> {
  const names = (await readdir(folder)).filter((name) => CANDIDATE.test(name)).toSorted();
  const points = await readFile(join(folder, POINTS_FILE)).catch(() => Buffer.alloc(0));
  const scores = await Promise.all(
    names.map(async (name, i) => (await stat(join(folder, name))).size * (0.01 + litShare(points, i))),
  );
  const best = names[scores.indexOf(Math.max(...scores))];
  if (best !== undefined) await rename(join(folder, best), join(folder, 'poster.jpg'));
  for (const name of names) if (name !== best) await remove(join(folder, name));
  await remove(join(folder, POINTS_FILE));
  return best !== undefined;
}

/** Part of a candidate that is not black. */
function litShare(points: Buffer, index: number): number {
  const size = POINTS_SIDE ** 2;
  const own = points.subarray(index * size, (index + 1) * size);
  return own.filter((grey) => grey > LIT).length / size;
}
