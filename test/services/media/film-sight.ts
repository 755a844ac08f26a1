/** Sees and hears a finished film as a player does. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RevisionContent } from '#services/media/transcode/revision-content';
import { QUARTERS } from './drawn-film.ts';

const run = promisify(execFile);

/** What was seen and heard of the largest rendition. */
export interface SeenFilm {
  readonly pictures: number;
  /** Largest difference of a quarter of the last picture from what was drawn there. */
  readonly colourError: number;
  /** The same for the poster. */
  readonly posterError: number;
  /** Which drawn quarter is seen top left. */
  readonly topLeft: string | undefined;
  /** Seconds until the middle turns white; undefined where it never does. */
  readonly flashSeconds: number | undefined;
  /** Seconds until the tone; undefined where it is silent. */
  readonly toneSeconds: number | undefined;
  /** Colour tags of the picture: range, matrix, transfer, primaries. */
  readonly tags: string;
}

const SIDE = 16;
const SOUND_HERTZ = 8000;

/** Looks at a film. */
export async function seeFilm(folder: string, content: RevisionContent, rate: number): Promise<SeenFilm> {
  const name = content.renditions.at(-1)?.name ?? '';
  const playlist = join(folder, name, 'index.m3u8');
  const frames = await picturesOf(playlist);
  const last = frames.at(-1) ?? Buffer.alloc(SIDE * SIDE * 3);
  const [poster = last] = content.hasPoster ? await picturesOf(join(folder, 'poster.jpg')) : [];
  const flash = frames.findIndex((frame) => Math.min(...pointAt(frame, SIDE / 2, SIDE / 2)) > 150);
  return {
    pictures: frames.length,
    colourError: errorOf(last),
    posterError: errorOf(poster),
    topLeft: nearestQuarter(pointAt(last, 2, 2)),
    flashSeconds: flash < 0 ? undefined : flash / rate,
    toneSeconds: content.hasAudio ? await toneOf(playlist) : undefined,
    tags: await tagsOf(playlist),
  };
}

/** Part of the pictures in which lines differ much from their neighbours, as they do where two fields are woven. */
export async function combed(folder: string, { renditions, width, height }: RevisionContent): Promise<number> {
  const playlist = join(folder, renditions.at(-1)?.name ?? '', 'index.m3u8');
  const args = ['-v', 'error', '-i', playlist, '-map', '0:v:0', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 27 });
  const torn = stdout.filter((grey, i) => {
    const isLastLine = Math.floor(i / width) % height === height - 1;
    return !isLastLine && Math.abs(grey - (stdout[i + width] ?? grey)) > 25;
  });
  return torn.length / stdout.length;
}

async function picturesOf(file: string): Promise<Buffer[]> {
  const scale = `scale=${SIDE}:${SIDE}:flags=area,format=rgb24`;
  const args = ['-v', 'error', '-i', file, '-map', '0:v:0', '-vf', scale, '-f', 'rawvideo', '-'];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 26 });
  const bytes = SIDE * SIDE * 3;
  return Array.from({ length: Math.floor(stdout.length / bytes) }, (_, i) =>
    stdout.subarray(i * bytes, (i + 1) * bytes),
  );
}

function pointAt(frame: Buffer, x: number, y: number): number[] {
  const at = (y * SIDE + x) * 3;
  return [...frame.subarray(at, at + 3)];
}

function errorOf(frame: Buffer): number {
  const [a, b] = [2, SIDE - 3];
  const seen = [pointAt(frame, a, a), pointAt(frame, b, a), pointAt(frame, a, b), pointAt(frame, b, b)];
  return Math.max(...Object.values(QUARTERS).map((drawn, i) => distance(seen[i] ?? [], drawn)));
}

function nearestQuarter(point: readonly number[]): string | undefined {
  const byDistance = Object.entries(QUARTERS).toSorted(([, a], [, b]) => distance(point, a) - distance(point, b));
  return byDistance[0]?.[0];
}

function distance(seen: readonly number[], drawn: readonly number[]): number {
  return Math.max(...drawn.map((part, i) => Math.abs(part - (seen[i] ?? 0))));
}

async function toneOf(file: string): Promise<number | undefined> {
  const args = ['-v', 'error', '-i', file, '-map', '0:a:0', '-ac', '1', '-ar', String(SOUND_HERTZ), '-f', 's16le', '-'];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 26 });
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.length / 2));
  const at = samples.findIndex((sample) => Math.abs(sample) > 1500);
  return at < 0 ? undefined : at / SOUND_HERTZ;
}

async function tagsOf(file: string): Promise<string> {
  const shown = 'stream=color_range,color_space,color_transfer,color_primaries';
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', shown, '-of', 'csv=p=0', file];
  return (await run('ffprobe', args)).stdout.trim().split('\n')[0] ?? '';
}
