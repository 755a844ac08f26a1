/**
 * The one look at a file: ffprobe alone decides what it is, never its name. The header is read with the times of all packets,
 * because headers lie about lengths and rates; where the header is silent on a track, a moment of it is decoded.
 */
import * as z from 'zod';
import { runProgram } from './child-program.ts';
import type { ClockJump } from './clock.ts';
import { readReport, type ProbeSettings } from './file-report.ts';
import { inputOptions } from './input-options.ts';
import { refusalOf, rethrowTimeout } from './probe-failure.ts';
import { sampledFrame, type SampledFrame, type Track, type TrackHeader } from './track.ts';
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

/** Codec tags of tracks that are protected against copying. */
const PROTECTED_TAGS = ['encv', 'enca', 'drmi', 'drms'];
const PROBE_TIMEOUT_MS = 120_000;
/** How much is decoded of a track on which the header is silent. */
const SAMPLE_SECONDS = 6;
/** Places in the file at which it is. */
const MOST_SAMPLES = 4;
const SHOWN = `frame=${Object.keys(sampledFrame.shape).join(',')}`;

const report = z.object({ frames: z.array(z.unknown()).default([]) });

/** Looks at a file. Throws an {@link UnusableVideo} when nothing can be made of it. */
export async function lookAt(file: string, settings: ProbeSettings): Promise<FileLook> {
  const input = [...inputOptions(), `file:${file}`];
  const { header, times, encrypted } = await readReport(input, settings);
  if (header.streams.length === 0) throw new UnusableVideo('unreadable', 'The file is damaged or is not a video.');
  const seen = header.streams.map((one) => ({ header: one, times: times.tracks.get(one.index) }));
  const silent = seen.filter((one) => isKnown(one.header) && !isComplete(one.header) && one.times !== undefined);
  const frames = await sample(
    input,
    silent.map((track) => track.times?.firstInFile ?? 0),
    settings,
  );
  return {
    formatName: header.format?.format_name ?? '',
    zeroSeconds: Number(header.format?.start_time) || 0,
    promisedSeconds: Number(header.format?.duration) || 0,
    tracks: seen.map((track): Track => {
      const frame = frames.find((one) => one.stream_index === track.header.index);
      const isDecodable = frame !== undefined || (isKnown(track.header) && isComplete(track.header));
      const { index, codec_tag_string: tag = '' } = track.header;
      const isProtected = encrypted.has(index) || PROTECTED_TAGS.includes(tag);
      return { ...track, frame, isProtected, isDecodable: isDecodable && !isProtected };
    }),
    jumps: times.jumps,
  };
}

function isKnown({ codec_name }: TrackHeader): boolean {
  return codec_name !== undefined && codec_name !== 'unknown';
}

/** Whether a header says what ffprobe can only know from a decoder that took to the track. */
function isComplete({ codec_type, pix_fmt, width = 0, sample_fmt, channels = 0 }: TrackHeader): boolean {
  if (codec_type === 'video') return pix_fmt !== undefined && width > 0;
  return codec_type !== 'audio' || (sample_fmt !== undefined && channels > 0);
}

/** Decodes a moment of the file at each place. */
async function sample(
  input: readonly string[],
  places: readonly number[],
  settings: ProbeSettings,
): Promise<readonly SampledFrame[]> {
  if (places.length === 0) return [];
  const intervals = [...new Set(places)].slice(0, MOST_SAMPLES).map((place) => `${place}%+${SAMPLE_SECONDS}`);
  const { exitCode, output, errors } = await runProgram({
    program: settings.ffprobePath,
    args: ['-v', 'error', '-of', 'json=c=1', '-read_intervals', intervals.join(','), '-show_entries', SHOWN, ...input],
    timeoutMs: PROBE_TIMEOUT_MS,
    memoryMib: settings.memoryMib,
    signal: settings.signal,
  }).catch(rethrowTimeout);
  if (exitCode !== 0) throw refusalOf(errors, exitCode);
  const { frames } = report.parse(JSON.parse(output));
  return frames.map((one) => sampledFrame.safeParse(one)).flatMap(({ data }) => (data ? [data] : []));
}
