/** What a file is: ffprobe alone decides, never its name. Reads nothing but that file, so a playlist in disguise is refused. */
import * as z from 'zod';
import { ProgramTimeout, runProgram } from './child-program.ts';
import { UnusableVideo } from './unusable-video.ts';

/** What a file holds that matters for renditions. */
export interface ProbedVideo {
  readonly durationSeconds: number;
  /** Size of the picture as it is shown: pixels made square, turned as its rotation says. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly hasAudio: boolean;
  /** Media type under which a browser may be given the original. */
  readonly contentType: string;
}

/** Containers that are accepted, as ffmpeg calls them. */
export const FORMAT_WHITELIST = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg';

const LONGEST_SECONDS = 12 * 3600;
const MOST_PIXELS = 7680 * 4320;
const PROBE_TIMEOUT_MS = 60_000;
const FALLBACK_FRAMES_PER_SECOND = 25;

const stream = z.object({
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  duration: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  tags: z.object({ rotate: z.string().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
});
type Stream = z.infer<typeof stream>;

const report = z.object({
  streams: z.array(stream).default([]),
  format: z.object({ format_name: z.string().default(''), duration: z.string().optional() }).optional(),
});

/** Options before an input file: nothing but local files of known containers is opened. */
export function inputGuards(): string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', FORMAT_WHITELIST];
}

/** Looks at a file. Throws an {@link UnusableVideo} when it is no video that can be played. */
export async function probeVideo(
  file: string,
  options: { readonly ffprobePath: string; readonly signal: AbortSignal },
): Promise<ProbedVideo> {
  const shown = 'format=format_name,duration:stream:stream_side_data=rotation:stream_tags=rotate';
  const args = ['-v', 'error', ...inputGuards(), '-of', 'json', '-show_entries', shown, `file:${file}`];
  const { exitCode, output, errors } = await runProgram({
    program: options.ffprobePath,
    args,
    timeoutMs: PROBE_TIMEOUT_MS,
    signal: options.signal,
  }).catch((cause: unknown) => {
    if (!(cause instanceof ProgramTimeout)) throw cause;
    throw new UnusableVideo('unreadable', 'The file takes too long to read; it may be damaged.', { cause });
  });
  if (exitCode !== 0) throw refusalOf(errors);
  return describe(report.parse(JSON.parse(output)));
}

function refusalOf(errors: string): Error {
  const cause = new Error(errors.slice(0, 500));
  if (/not on whitelist/i.test(errors)) {
    return new UnusableVideo('unsupported_format', 'This kind of file is not supported.', { cause });
  }
  if (/Cannot allocate memory|Input\/output error|Too many open files|Permission denied/.test(errors)) return cause;
  return new UnusableVideo('unreadable', 'The file is damaged or is not a video.', { cause });
}

function describe({ streams, format }: z.infer<typeof report>): ProbedVideo {
  if (!streams.some(({ codec_type }) => codec_type === 'video' || codec_type === 'audio')) {
    throw new UnusableVideo('unreadable', 'The file is damaged or is not a video.');
  }
  const picture = streams.find((one) => one.codec_type === 'video' && one.disposition?.attached_pic !== 1);
  const width = picture?.width ?? 0;
  const height = picture?.height ?? 0;
  if (picture === undefined) throw new UnusableVideo('no_video_track', 'The file has no video track.');
  if (width < 1 || height < 1) throw new UnusableVideo('unreadable', 'The file is damaged: its video has no size.');
  if (picture.codec_name === undefined) {
    throw new UnusableVideo('unsupported_format', 'The video track is of a kind that is not supported.');
  }
  if (width * height > MOST_PIXELS) {
    throw new UnusableVideo('too_large', `The picture is ${width} × ${height}, larger than 8K.`);
  }
  const durationSeconds = Number(format?.duration ?? picture.duration ?? 0) || 0;
  if (durationSeconds > LONGEST_SECONDS) {
    throw new UnusableVideo('too_long', `The video is longer than ${LONGEST_SECONDS / 3600} hours.`);
  }
  return {
    durationSeconds,
    ...shownSize(picture, width, height),
    framesPerSecond: ratio(picture.avg_frame_rate, '/') ?? FALLBACK_FRAMES_PER_SECOND,
    hasAudio: streams.some((one) => one.codec_type === 'audio' && one.codec_name !== undefined),
    contentType: contentTypeOf(format?.format_name ?? ''),
  };
}

function shownSize(
  picture: Stream,
  width: number,
  height: number,
): { readonly width: number; readonly height: number } {
  const shownWidth = Math.max(1, Math.round(width * (ratio(picture.sample_aspect_ratio, ':') ?? 1)));
  const rotation = picture.side_data_list?.find((data) => data.rotation !== undefined)?.rotation;
  const turned = Math.abs(rotation ?? Number(picture.tags?.rotate ?? 0)) % 180 === 90;
  return turned ? { width: height, height: shownWidth } : { width: shownWidth, height };
}

/** `30000/1001` or `4:3` as a number; undefined when it says nothing. */
function ratio(text: string | undefined, divider: string): number | undefined {
  const [over, under] = (text ?? '').split(divider).map(Number);
  if (over === undefined || under === undefined) return undefined;
  return over > 0 && under > 0 ? over / under : undefined;
}

function contentTypeOf(formatName: string): string {
  const names = formatName.split(',');
  if (names.includes('mp4')) return 'video/mp4';
  if (names.includes('webm')) return 'video/webm';
  if (names.includes('ogg')) return 'video/ogg';
  return 'application/octet-stream';
}
