/**
 * Whether pictures are woven of two fields. Cameras and broadcasts mark such pictures, but the mark is lost where a film was
 * captured or converted carelessly; so pictures of the sizes in which such films come are decoded and looked at.
 */
import type { Size } from './bounds.ts';
import { runProgram } from './child-program.ts';
import type { ProbeSettings } from './file-report.ts';
import { inputOptions } from './input-options.ts';
import { orientationOf } from './orientation.ts';
import type { Track, TrackTimes } from './track.ts';

/** No fields; fields, marked picture by picture; fields that have to be found picture by picture. */
export type Interlacing = 'none' | 'marked' | 'unmarked';

/** How ffmpeg is called to look at pictures. */
export interface InterlacingSettings extends ProbeSettings {
  readonly ffmpegPath: string;
}

const INTERLACED_ORDERS = ['tt', 'bb', 'tb', 'bt'];
/** Lines of television, as they are stored. */
const TELEVISION_LINES = [480, 486, 512, 576, 608, 1080, 1088];
/** Films of the cinema have 24 pictures a second, and no fields. */
const LEAST_RATE = 24.5;
/** Where in the film pictures are looked at, as shares of its length, and how many at each place. */
const PLACES = [0.25, 0.65];
const PICTURES = 8;
/** Share of combed pictures that makes a film interlaced: two of five are where cinema was made television. */
const COMBED_SHARE = 0.3;
const LEAST_COMBED = 4;
const TIMEOUT_MS = 120_000;

/** Looks whether a picture track is interlaced. One that cannot be looked at is taken for what its header says. */
export async function interlacingOf(
  file: string,
  { header, frame, times }: Track,
  settings: InterlacingSettings,
): Promise<Interlacing> {
  const isDeclared = INTERLACED_ORDERS.includes(header.field_order ?? '');
  const stored = { width: frame?.width ?? header.width ?? 0, height: frame?.height ?? header.height ?? 0 };
  if (times === undefined || (!isDeclared && !mayBe(stored, times))) return 'none';
  if (orientationOf(header).isUpended) return 'none';
  const length = times.endSeconds - times.startSeconds;
  const places = PLACES.map((share) => (length * share).toFixed(3));
  const { exitCode, errors } = await runProgram({
    program: settings.ffmpegPath,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-v', 'info'],
      ...places.flatMap((place) => ['-threads', '1', ...inputOptions(), '-ss', place, '-i', `file:${file}`]),
      ...places.flatMap((_, input) => [
        ...['-map', `${input}:${header.index}`, '-frames:v', String(PICTURES)],
        // idet sets the marks that showinfo tells
        ...['-vf', 'showinfo=checksum=0,idet', '-f', 'null', '-'],
      ]),
    ],
    timeoutMs: TIMEOUT_MS,
    memoryMib: settings.memoryMib,
    signal: settings.signal,
  });
  if (exitCode !== 0) return isDeclared ? 'marked' : 'none';
  return verdict(errors);
}

function mayBe({ width, height }: Size, { first }: TrackTimes): boolean {
  const seconds = (first.at(-1) ?? 0) - (first[0] ?? 0);
  return TELEVISION_LINES.includes(height) && width > height && (first.length - 1) / seconds > LEAST_RATE;
}

/** Reads what showinfo and idet printed. */
function verdict(printed: string): Interlacing {
  const marks = [...printed.matchAll(/ i:([TBP]) /g)].map(([, mark]) => mark);
  const marked = marks.filter((mark) => mark !== 'P').length;
  if (marked * 2 > marks.length) return 'marked';
  const found = [...printed.matchAll(/Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)/g)];
  const combed = sum(found.map(([, top, bottom]) => Number(top) + Number(bottom)));
  const whole = sum(found.map(([, , , progressive]) => Number(progressive)));
  return combed >= LEAST_COMBED && combed > COMBED_SHARE * (combed + whole) ? 'unmarked' : 'none';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
