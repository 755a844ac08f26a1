/** Makes a revision in a work folder: looks at the file, makes renditions, playlists and the poster, and adds it all up. */
import type { RenditionStep } from '#catalog';
import type { ProcessingPhase, Rendition } from '#contracts';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesBelow } from '../disk/media-files.ts';
import { ProgramTimeout, runProgram, type ProgramResult } from './child-program.ts';
import { percentOf, progressReader } from './encoder-progress.ts';
import { posterArguments, transcodeArguments, type TranscodeSettings } from './ffmpeg-arguments.ts';
import { planRenditions, type PlannedRendition } from './ladder.ts';
import { readMasterPlaylist } from './master-playlist.ts';
import { probeVideo, type ProbedVideo } from './probe.ts';
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
  };
  readonly signal: AbortSignal;
  readonly onProgress: (phase: ProcessingPhase, percent: number) => void;
}

/** Share of the way that making the renditions is. */
const TRANSCODED_PERCENT = 96;
const POSTER_TIMEOUT_MS = 60_000;
const DAMAGED =
  /Invalid data found|could not find|Could not find|Decoder .* not found|does not contain any stream|Output file is empty|Error while decoding|Conversion failed|Nothing was written/;
const NOT_THE_FILES_FAULT = /No space left on device|Cannot allocate memory|Input\/output error|Resource temporarily/;

/** Makes a revision. Throws an {@link UnusableVideo} where trying again would not help, and another error where it may. */
export async function transcode(order: TranscodeOrder): Promise<RevisionContent> {
  const { file, folder, settings, signal, onProgress } = order;
  onProgress('probing', 0);
  const video = await probeVideo(file, { ffprobePath: settings.ffprobePath, signal });
  const planned = planRenditions(video, settings.ladder);
  onProgress('transcoding', 0);
  const seconds = await makeRenditions(order, video, planned);
  onProgress('poster', TRANSCODED_PERCENT);
  const hasPoster = await makePoster(order, video);
  onProgress('packaging', TRANSCODED_PERCENT + 2);
  const renditions = await announcedRenditions(folder);
  const largest = renditions.at(-1);
  if (largest === undefined) throw new Error('ffmpeg announced no rendition');
  return {
    durationSeconds: video.durationSeconds > 0 ? video.durationSeconds : seconds,
    width: largest.width,
    height: largest.height,
    hasAudio: video.hasAudio,
    hasPoster,
    contentType: video.contentType,
    renditions,
    storedBytes: await bytesBelow(folder),
  };
}

/** Gives the seconds of video that were made. */
async function makeRenditions(
  { file, folder, settings, signal, onProgress }: TranscodeOrder,
  video: ProbedVideo,
  planned: readonly PlannedRendition[],
): Promise<number> {
  let seconds = 0;
  const onLine = progressReader((done) => {
    seconds = done;
    onProgress('transcoding', (percentOf(done, video.durationSeconds) * TRANSCODED_PERCENT) / 100);
  });
  const result = await runProgram({
    program: settings.ffmpegPath,
    args: transcodeArguments(file, video, planned, settings),
    cwd: folder,
    timeoutMs: settings.timeoutSeconds * 1000,
    signal,
    onLine,
  }).catch((cause: unknown) => {
    if (!(cause instanceof ProgramTimeout)) throw cause;
    throw new UnusableVideo('timed_out', 'The video took too long to process.', { cause });
  });
  if (result.exitCode !== 0) throw failureOf(result);
  return seconds;
}

function failureOf({ exitCode, errors }: ProgramResult): Error {
  const cause = new Error(`ffmpeg ended with ${exitCode}: ${errors.slice(-1000)}`);
  // a negative code is a kill from outside, such as the one for too much memory
  if (exitCode > 0 && DAMAGED.test(errors) && !NOT_THE_FILES_FAULT.test(errors)) {
    return new UnusableVideo('unreadable', 'The file is damaged and could not be converted.', { cause });
  }
  return cause;
}

/** A video without a poster is still a video. */
async function makePoster({ file, folder, settings, signal }: TranscodeOrder, video: ProbedVideo): Promise<boolean> {
  try {
    await runProgram({
      program: settings.ffmpegPath,
      args: posterArguments(file, video, settings),
      cwd: folder,
      timeoutMs: POSTER_TIMEOUT_MS,
      signal,
    });
    return (await stat(join(folder, 'poster.jpg'))).size > 0;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

async function announcedRenditions(folder: string): Promise<Rendition[]> {
  const announced = readMasterPlaylist(await readFile(join(folder, 'master.m3u8'), 'utf8'));
  return await Promise.all(announced.map(async (one) => ({ ...one, bytes: await bytesBelow(join(folder, one.name)) })));
}
