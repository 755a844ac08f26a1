/**
 * What is made of a file. One look yields one plan; the encoder, the poster, the check of the result and what the owner is
 * told read this plan and nothing else.
 */
import type { RenditionStep } from '#catalog';
import { checkLength, checkSize, type Size } from './bounds.ts';
import type { ChosenTracks } from './choose-tracks.ts';
import { gapsOf, type ClockJump } from './clock.ts';
import { checkColours, colourPlan, type ColourPlan } from './colour.ts';
import { measuredRate, type FrameRate } from './frame-rate.ts';
import type { Interlacing } from './interlacing.ts';
import { planRenditions, type PlannedRendition } from './ladder.ts';
import { orientationOf, type Orientation } from './orientation.ts';
import type { FileLook } from './probe.ts';
import type { Track } from './track.ts';
import { UnusableVideo } from './unusable-video.ts';

/** What is made of a file. All times count from the first picture or sound of the film. */
export interface FilmPlan {
  readonly picture: PicturePlan;
  /** Undefined for a silent film. */
  readonly sound: SoundPlan | undefined;
  /** Length of the film: until both picture and sound have ended. */
  readonly seconds: number;
  /** Time of ffmpeg's clock at which the film begins. */
  readonly startSeconds: number;
  /** Jumps to close, on ffmpeg's clock. */
  readonly jumps: readonly ClockJump[];
  /** From the smallest to the largest. */
  readonly renditions: readonly [PlannedRendition, ...PlannedRendition[]];
  /** Media type under which a browser may be given the original. */
  readonly contentType: string;
  /** What the owner is told. */
  readonly remarks: readonly string[];
}

/** The picture of a film. */
export interface PicturePlan {
  /** Index of its track. */
  readonly track: number;
  /** Size as it is stored. */
  readonly stored: Size;
  /** Size as it is shown: pixels made square, turned upright. */
  readonly shown: Size;
  readonly orientation: Orientation;
  readonly interlacing: Interlacing;
  readonly rate: FrameRate;
  /** Whether the file has more pictures than the rate lets through. */
  readonly isThinned: boolean;
  readonly colour: ColourPlan;
  readonly endSeconds: number;
  /** How many of the jumps come before it begins. */
  readonly jumpsBefore: number;
}

/** The sound of a film. */
export interface SoundPlan {
  /** Index of its track. */
  readonly track: number;
  readonly channels: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** How many of the jumps come before it begins. */
  readonly jumpsBefore: number;
}

/** A length that the header promises and the file does not hold, as a share and in seconds, is told from here. */
const MISSING_SHARE = 0.05;
const MISSING_SECONDS = 1;
/** Interlaced films have at most this many whole pictures a second; more are fields. */
const MOST_INTERLACED = 31;

/** Plans a film of the chosen tracks. Throws an {@link UnusableVideo} when the file cannot become one. */
export function planFilm(
  look: FileLook,
  { picture, sound, remarks }: ChosenTracks,
  interlacing: Interlacing,
  ladder: readonly RenditionStep[],
): FilmPlan {
  const start = Math.min(picture.times?.startSeconds ?? 0, sound?.times?.startSeconds ?? Infinity);
  const plan = planPicture(picture, interlacing, start);
  const planned = sound && planSound(sound, start);
  const seconds = Math.max(plan.endSeconds, planned?.endSeconds ?? 0);
  checkLength(seconds);
  const [smallest, ...larger] = planRenditions(plan.shown, ladder);
  if (smallest === undefined) throw new Error('the rendition ladder is empty');
  return {
    picture: plan,
    sound: planned,
    seconds,
    startSeconds: start - look.zeroSeconds,
    jumps: look.jumps.map((jump) => ({ ...jump, atSeconds: jump.atSeconds - look.zeroSeconds })),
    renditions: [smallest, ...larger],
    contentType: contentTypeOf(look.formatName),
    remarks: [
      ...remarks,
      ...remarksOnPicture(plan),
      ...remarksOnPauses(look.jumps),
      ...remarksOnLength(look, promisedSeconds(look, picture, sound), start + seconds, seconds),
    ],
  };
}

function planPicture({ header, frame, times }: Track, interlacing: Interlacing, start: number): PicturePlan {
  const stored = { width: frame?.width ?? header.width ?? 0, height: frame?.height ?? header.height ?? 0 };
  if (stored.width < 1 || stored.height < 1 || times === undefined) {
    throw new UnusableVideo('unreadable', 'The file is damaged: its video has no size.');
  }
  const orientation = orientationOf(header);
  const shown = shownSize(stored, frame?.sample_aspect_ratio ?? header.sample_aspect_ratio, orientation);
  checkSize(stored, shown);
  checkColours(header);
  const measured = measuredRate(times.first, [header.avg_frame_rate, header.r_frame_rate]);
  const isFields = interlacing !== 'none' && measured.perSecond > MOST_INTERLACED;
  const rate = isFields ? halved(measured) : measured;
  const end = Math.max(times.endSeconds, times.lastSeconds + 1 / rate.perSecond);
  return {
    ...{ track: header.index, stored, shown, orientation, interlacing, rate },
    isThinned: times.first.length > 1 && pace(times.first) > rate.perSecond * 1.1,
    colour: colourPlan(header, frame),
    endSeconds: end - start,
    jumpsBefore: times.jumpsBefore,
  };
}

function planSound({ header, times }: Track, start: number): SoundPlan {
  return {
    track: header.index,
    channels: header.channels ?? 2,
    startSeconds: (times?.startSeconds ?? start) - start,
    endSeconds: (times?.endSeconds ?? start) - start,
    jumpsBefore: times?.jumpsBefore ?? 0,
  };
}

function shownSize({ width, height }: Size, aspect: string | undefined, { isUpended }: Orientation): Size {
  const [over = 0, under = 0] = (aspect ?? '').split(':').map(Number);
  const shownWidth = Math.max(1, Math.round(width * (over > 0 && under > 0 ? over / under : 1)));
  return isUpended ? { width: height, height: shownWidth } : { width: shownWidth, height };
}

function halved({ perSecond, text }: FrameRate): FrameRate {
  const [over = '25', under = '1'] = text.split('/');
  return { perSecond: perSecond / 2, text: `${over}/${Number(under) * 2}` };
}

/** Pictures a second on the whole. */
function pace(times: readonly number[]): number {
  return (times.length - 1) / Math.max((times.at(-1) ?? 0) - (times[0] ?? 0), 0.001);
}

function remarksOnPicture({ colour }: PicturePlan): string[] {
  if (!colour.isHdr) return [];
  return ['The video is HDR. It was converted to standard colours, so very bright parts show less detail.'];
}

function remarksOnPauses(jumps: readonly ClockJump[]): string[] {
  const pauses = jumps.filter(({ gapSeconds }) => gapSeconds > 0);
  if (pauses.length === 0) return [];
  const places = pauses.length === 1 ? '' : ` in ${pauses.length} places`;
  return [`The file has ${inWords(gapsOf(pauses))} seconds${places} without pictures and sound; they were left out.`];
}

/** What the header promises of the chosen tracks: subtitles and other sounds may be longer than the film. */
function promisedSeconds(look: FileLook, ...chosen: readonly (Track | undefined)[]): number {
  const own = chosen.map((track) => Number(track?.header.duration)).filter((one) => one > 0);
  return own.length === 0 ? look.promisedSeconds : Math.max(...own);
}

function remarksOnLength(look: FileLook, promised: number, end: number, seconds: number): string[] {
  // a clock that went back promised nothing that can be reckoned with
  if (look.jumps.some(({ gapSeconds }) => gapSeconds < 0)) return [];
  const missing = promised - (end + gapsOf(look.jumps));
  // a broadcast stream promises nothing: its length is read off its clock
  if (/mpeg|ogg/.test(look.formatName) || missing < MISSING_SECONDS || missing < seconds * MISSING_SHARE) return [];
  return [`The file ends after ${inWords(seconds)} of ${inWords(seconds + missing)} seconds; the rest is missing.`];
}

function inWords(seconds: number): string {
  return seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds));
}

function contentTypeOf(formatName: string): string {
  const names = formatName.split(',');
  if (names.includes('mp4')) return 'video/mp4';
  if (names.includes('webm')) return 'video/webm';
  if (names.includes('ogg')) return 'video/ogg';
  return 'application/octet-stream';
}
