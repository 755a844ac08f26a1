/** What came out, measured and held against the plan. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilmPlan } from './film-plan.ts';
import type { AnnouncedRendition } from './master-playlist.ts';
import { segmentTimes, type SegmentTimes } from './transport-stream.ts';
import { UnusableVideo } from './unusable-video.ts';

/** What came out. */
export interface MeasuredFilm {
  /** Length of the picture. */
  readonly seconds: number;
  /** Remarks for the owner on differences from the plan. */
  readonly remarks: readonly string[];
}

/** Difference that is told, in seconds and as a share of the film. */
const TOLD_SECONDS = 0.5;
const TOLD_SHARE = 0.02;
/** Pictures by which renditions of one film may differ. */
const SAME_PICTURES = 2;
/** What the muxer may add to the distance of picture and sound. */
const SAME_START_SECONDS = 0.2;

/**
 * Measures the renditions in a folder. Throws an {@link UnusableVideo} when they hold no picture, and another error when
 * they are not what was ordered.
 */
export async function measureFilm(
  folder: string,
  announced: readonly AnnouncedRendition[],
  plan: FilmPlan,
): Promise<MeasuredFilm> {
  const measured = await Promise.all(
    plan.renditions.map(async ({ name }) => await measureRendition(join(folder, name))),
  );
  const pictures = measured.map(({ picture }) => picture.count);
  const fewest = Math.min(...pictures);
  if (fewest === 0) throw new UnusableVideo('unreadable', 'The file is damaged: no picture can be decoded.');
  const faults = [...sizeFaults(announced, plan), ...timeFaults(measured, plan)];
  if (Math.max(...pictures) - fewest > SAME_PICTURES) faults.push(`renditions hold ${pictures.join(', ')} pictures`);
  if (faults.length > 0) throw new Error(`the renditions differ from the plan: ${faults.join('; ')}`);
  const seconds = fewest / plan.picture.rate.perSecond;
  return { seconds, remarks: remarksOn(seconds, plan) };
}

async function measureRendition(folder: string): Promise<SegmentTimes> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted();
  return await segmentTimes(names.map((name) => join(folder, name)));
}

function sizeFaults(announced: readonly AnnouncedRendition[], { renditions }: FilmPlan): string[] {
  return renditions.flatMap(({ name, width, height }) => {
    const made = announced.find((one) => one.name === name);
    if (made?.width === width && made.height === height) return [];
    return [`${name} is ${made?.width ?? 0} × ${made?.height ?? 0} and not ${width} × ${height}`];
  });
}

function timeFaults(measured: readonly SegmentTimes[], { sound }: FilmPlan): string[] {
  return measured.flatMap(({ picture, sound: heard }, i) => {
    if (sound === undefined) return [];
    if (heard.count === 0) return [`rendition ${i} has no sound`];
    const apart = heard.firstSeconds - picture.firstSeconds;
    return Math.abs(apart) > SAME_START_SECONDS
      ? [`rendition ${i} starts with its sound ${apart.toFixed(2)} s out of sync`]
      : [];
  });
}

function remarksOn(seconds: number, plan: FilmPlan): string[] {
  const missing = plan.seconds - seconds;
  if (missing < TOLD_SECONDS || missing < plan.seconds * TOLD_SHARE) return [];
  const told = `${seconds.toFixed(1)} of ${plan.seconds.toFixed(1)}`;
  return [`The picture ends after ${told} seconds: the rest of it cannot be decoded.`];
}
