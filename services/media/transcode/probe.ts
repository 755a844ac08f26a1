/**
 * The one look at a file: ffprobe alone decides what it is, never its name. The header is read and a moment of each track is
 * decoded; then the times of all packets are read, because headers lie about lengths and rates.
 */
import * as z from 'zod';
import { tooManyTracks } from './bounds.ts';
import { ProgramTimeout, runProgram } from './child-program.ts';
import type { ClockJump } from './clock.ts';
import { inputOptions } from './input-options.ts';
import { packetTimes, type ProbeSettings } from './packet-times.ts';
import { sampledFrame, trackHeader, type SampledFrame, type Track } from './track.ts';
import { UnusableVideo } from './unusable-video.ts';

/** What was seen of a file. */
export interface FileLook {
  /** Names of the container, separated by commas. */
  readonly formatName: string;
  /** Time in the file that ffmpeg takes for zero. */
  readonly zeroSeconds: number;
  /** Length that the header promises; 0 where it says nothing. */
  readonly promisedSeconds: number;
  readonly tracks: readonly Track[];
  readonly jumps: readonly ClockJump[];
}

const PROBE_TIMEOUT_MS = 120_000;
/** How much of each track is decoded, first briefly; later where a track begins late, or first decodes to nothing. */
const FIRST_SAMPLE = '%+0.5';
const SECOND_SAMPLE_SECONDS = 6;
const MOST_SECOND_SAMPLES = 4;

const report = z.object({
  frames: z.array(z.unknown()).default([]),
  streams: z.array(trackHeader).default([]),
  format: z
    .object({
      format_name: z.string().default(''),
      start_time: z.string().optional(),
      duration: z.string().optional(),
    })
    .optional(),
});

const SHOWN = [
  'format=format_name,start_time,duration',
  'stream',
  'stream_disposition',
  'stream_side_data',
  `frame=${Object.keys(sampledFrame.shape).join(',')}`,
].join(':');

/** Looks at a file. Throws an {@link UnusableVideo} when nothing can be made of it. */
export async function lookAt(file: string, settings: ProbeSettings): Promise<FileLook> {
  const input = [...inputOptions(), `file:${file}`];
  const { frames, header } = await sample(input, FIRST_SAMPLE, settings);
  if (header.streams.length === 0) throw new UnusableVideo('unreadable', 'The file is damaged or is not a video.');
  const formatName = header.format?.format_name ?? '';
  const { tracks: times, jumps } = await packetTimes(input, formatName, settings).catch(rethrowTimeout);
  const tracks = header.streams.map((one): Track => {
    return { header: one, frames: framesOf(frames, one.index), times: times.get(one.index) };
  });
  return {
    formatName,
    zeroSeconds: Number(header.format?.start_time) || 0,
    promisedSeconds: Number(header.format?.duration) || 0,
    tracks: await sampleAgain(input, tracks, settings),
    jumps,
  };
}

/** Decodes a moment of tracks that showed nothing so far, at the place where they begin. */
async function sampleAgain(
  input: readonly string[],
  tracks: readonly Track[],
  settings: ProbeSettings,
): Promise<readonly Track[]> {
  const silent = tracks.filter(({ header, frames, times }) => {
    const isMedia = header.codec_type === 'video' || header.codec_type === 'audio';
    return isMedia && header.codec_name !== 'unknown' && frames.length === 0 && times !== undefined;
  });
  const places = silent.slice(0, MOST_SECOND_SAMPLES).map(({ times }) => times?.firstInFile ?? 0);
  if (places.length === 0) return tracks;
  const intervals = [...new Set(places)].map((place) => `${place}%+${SECOND_SAMPLE_SECONDS}`).join(',');
  const { frames } = await sample(input, intervals, settings);
  return tracks.map((one) => (one.frames.length > 0 ? one : { ...one, frames: framesOf(frames, one.header.index) }));
}

async function sample(
  input: readonly string[],
  intervals: string,
  settings: ProbeSettings,
): Promise<{ readonly frames: readonly SampledFrame[]; readonly header: z.infer<typeof report> }> {
  const { exitCode, output, errors } = await runProgram({
    program: settings.ffprobePath,
    args: ['-v', 'error', '-of', 'json=c=1', '-read_intervals', intervals, '-show_entries', SHOWN, ...input],
    timeoutMs: PROBE_TIMEOUT_MS,
    memoryMib: settings.memoryMib,
    signal: settings.signal,
  }).catch(rethrowTimeout);
  if (exitCode !== 0 || /exceeds max_streams/.test(errors)) throw refusalOf(errors, exitCode);
  const header = report.parse(JSON.parse(output));
  const frames = header.frames.map((one) => sampledFrame.safeParse(one)).flatMap(({ data }) => (data ? [data] : []));
  return { frames, header };
}

function framesOf(frames: readonly SampledFrame[], index: number): SampledFrame[] {
  return frames.filter((one) => one.stream_index === index);
}

function rethrowTimeout(cause: unknown): never {
  if (!(cause instanceof ProgramTimeout)) throw cause;
  throw new UnusableVideo('unreadable', 'The file takes too long to read; it may be damaged.', { cause });
}

function refusalOf(errors: string, exitCode: number): Error {
  const cause = new Error(`ffprobe exited with ${exitCode}: ${errors.slice(0, 500)}`);
  if (/exceeds max_streams/.test(errors)) return tooManyTracks(cause);
  if (/not on whitelist/i.test(errors)) {
    return new UnusableVideo('unsupported_format', 'This kind of file is not supported.', { cause });
  }
  if (/Cannot allocate memory/.test(errors)) {
    return new UnusableVideo('too_large', 'Reading the file needs more memory than one video may use.', { cause });
  }
  if (/Input\/output error|Too many open files|Permission denied/.test(errors)) return cause;
  return new UnusableVideo('unreadable', 'The file is damaged or is not a video.', { cause });
}
