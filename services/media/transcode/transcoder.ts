/** Makes a revision in a work folder: looks at the file, plans the film, encodes it, and measures what came out. */
import type { RenditionStep } from '#catalog';
import type { ProcessingPhase, Rendition } from '#contracts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesBelow } from '../disk/media-files.ts';
import { ProgramTimeout, runProgram } from './child-program.ts';
import { encoderFailure } from './encoder-failure.ts';
import { percentOf, progressReader } from './encoder-progress.ts';
import { transcodeArguments, type TranscodeSettings } from './ffmpeg-arguments.ts';
import { planFilm, type FilmPlan } from './film-plan.ts';
import { readMasterPlaylist } from './master-playlist.ts';
import { measureFilm } from './measure.ts';
import { choosePoster } from './poster.ts';
import { lookAt } from './probe.ts';
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
/** Remarks that one film may carry. */
const MOST_REMARKS = 20;

/** Makes a revision. Throws an {@link UnusableVideo} where trying again would not help, and another error where it may. */
export async function transcode(order: TranscodeOrder): Promise<RevisionContent> {
  const { file, folder, settings, signal, onProgress } = order;
  onProgress('probing', 0);
  const plan = planFilm(await lookAt(file, { ...settings, signal }), settings.ladder);
  onProgress('transcoding', 0);
  await encode(order, plan);
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

async function encode({ file, folder, settings, signal, onProgress }: TranscodeOrder, plan: FilmPlan): Promise<void> {
  const onLine = progressReader((done) => {
    onProgress('transcoding', (percentOf(done, plan.seconds) * TRANSCODED_PERCENT) / 100);
  });
  const result = await runProgram({
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
  if (result.exitCode !== 0) throw encoderFailure(result);
}

async function announcedRenditions(folder: string): Promise<Rendition[]> {
  const announced = readMasterPlaylist(await readFile(join(folder, 'master.m3u8'), 'utf8'));
  return await Promise.all(announced.map(async (one) => ({ ...one, bytes: await bytesBelow(join(folder, one.name)) })));
}
