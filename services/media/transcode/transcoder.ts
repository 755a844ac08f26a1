/** Makes a revision in a work folder: looks at the file, plans the film, encodes it, and measures what came out. */
import type { RenditionStep } from '#catalog';
import type { ProcessingPhase, Rendition } from '#contracts';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesBelow, remove } from '../disk/media-files.ts';
import { ProgramTimeout, runProgram, type ProgramResult } from './child-program.ts';
import { encoderFailure } from './encoder-failure.ts';
import { percentOf, progressReader } from './encoder-progress.ts';
import { transcodeArguments, type TranscodeSettings } from './ffmpeg-arguments.ts';
import { chooseTracks } from './choose-tracks.ts';
import { encoderReport } from './encoder-report.ts';
import { planFilm, type FilmPlan } from './film-plan.ts';
import { interlacingOf } from './interlacing.ts';
import { readMasterPlaylist } from './master-playlist.ts';
import { measureFilm } from './measure.ts';
import { choosePoster } from './poster.ts';
import { lookAt, type FileLook } from './probe.ts';
import type { RevisionContent } from './revision-content.ts';
import { UnusableVideo } from './unusable-video.ts';

/** One file that is to become a revision. */
export interface TranscodeOrder {
  readonly file: string;
  /** Empty folder in which the revision is made. */
  readonly folder: string;
  readonly settings: TranscodeSettings & {
    readonly ffmpegPath: string;
    readonly ffprobePath: string;
    readonly ladder: readonly RenditionStep[];
    /** Memory that ffmpeg or ffprobe may take, in MiB. */
    readonly memoryMib: number;
  };
  readonly signal: AbortSignal;
  readonly onProgress: (phase: ProcessingPhase, percent: number) => void;
}

/** Share of the way that making the renditions is. */
const TRANSCODED_PERCENT = 96;
/** How often a film is encoded, each time within `timeoutSeconds` and without a track that broke the time before. */
export const MOST_TRIES = 3;
/** Remarks that one film may carry. */
const MOST_REMARKS = 20;

/** Makes a revision. Throws an {@link UnusableVideo} where trying again would not help, and another error where it may. */
export async function transcode(order: TranscodeOrder): Promise<RevisionContent> {
  const { file, folder, settings, signal, onProgress } = order;
  onProgress('probing', 0);
  const look = await lookAt(file, { ...settings, signal });
  const plan = await encodeWhatCanBe(order, look, MOST_TRIES);
  onProgress('poster', TRANSCODED_PERCENT);
  const hasPoster = await choosePoster(folder);
  onProgress('packaging', TRANSCODED_PERCENT + 2);
  const renditions = await announcedRenditions(folder);
  const measured = await measureFilm(folder, renditions, plan);
  const largest = renditions.at(-1);
  if (largest === undefined) throw new Error('ffmpeg announced no rendition');
  return {
    durationSeconds: measured.seconds,
    width: largest.width,
    height: largest.height,
    hasAudio: plan.sound !== undefined,
    hasPoster,
    contentType: plan.contentType,
    remarks: [...plan.remarks, ...measured.remarks].slice(0, MOST_REMARKS),
    renditions,
    storedBytes: await bytesBelow(folder),
  };
}

/** Plans and encodes. A track that nothing can be decoded of, or whose sound breaks the encoder, is left out and told. */
async function encodeWhatCanBe(order: TranscodeOrder, look: FileLook, tries: number): Promise<FilmPlan> {
  const { file, folder, settings, signal, onProgress } = order;
  const chosen = chooseTracks(look.tracks);
  const interlacing = await interlacingOf(file, chosen.picture, { ...settings, signal });
  const plan = planFilm(look, chosen, interlacing, settings.ladder);
  onProgress('transcoding', 0);
  const result = await encode(order, plan);
  const broken = tries > 1 ? brokenTrack(result, plan) : undefined;
  if (broken === undefined) {
    if (result.exitCode !== 0) throw encoderFailure(result);
    return plan;
  }
  for (const name of await readdir(folder)) await remove(join(folder, name));
  const tracks = look.tracks.map((one) => (one.header.index === broken ? { ...one, isDecodable: false } : one));
  return await encodeWhatCanBe(order, { ...look, tracks }, tries - 1);
}

/** The track without which the film may be made; undefined where it was made, or no track is to blame. */
function brokenTrack(result: ProgramResult, { picture, sound }: FilmPlan): number | undefined {
  const { decoded } = encoderReport(result.errors);
  const empty = [picture, sound].find((one) => one !== undefined && decoded.get(one.track) === 0);
  if (empty !== undefined || result.exitCode === 0) return empty?.track;
  const failure = encoderFailure(result);
  return failure instanceof UnusableVideo && failure.code === 'unreadable' ? sound?.track : undefined;
}

async function encode(
  { file, folder, settings, signal, onProgress }: TranscodeOrder,
  plan: FilmPlan,
): Promise<ProgramResult> {
  const onLine = progressReader((done) => {
    onProgress('transcoding', (percentOf(done, plan.seconds) * TRANSCODED_PERCENT) / 100);
  });
  return await runProgram({
    program: settings.ffmpegPath,
    args: transcodeArguments(file, plan, settings),
    cwd: folder,
    timeoutMs: settings.timeoutSeconds * 1000,
    memoryMib: settings.memoryMib,
    signal,
    onLine,
  }).catch((cause: unknown) => {
    if (!(cause instanceof ProgramTimeout)) throw cause;
    throw new UnusableVideo('timed_out', 'The video took too long to process.', { cause });
  });
}

async function announcedRenditions(folder: string): Promise<Rendition[]> {
  const announced = readMasterPlaylist(await readFile(join(folder, 'master.m3u8'), 'utf8'));
  return await Promise.all(announced.map(async (one) => ({ ...one, bytes: await bytesBelow(join(folder, one.name)) })));
}
