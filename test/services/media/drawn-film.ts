/**
 * Films for tests: four coloured quarters, so that it can be seen which way up they are, and a middle that turns white for
 * a moment while a tone sounds, so that it can be seen whether both come together.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Red, green, blue as they are drawn, by quarter. */
export const QUARTERS = {
  topLeft: [200, 40, 40],
  topRight: [40, 170, 60],
  bottomLeft: [40, 60, 200],
  bottomRight: [220, 200, 60],
} as const;
/** When flash and tone begin. */
const FLASH_SECONDS = 0.5;

const FLASH_LENGTH = 0.2;

/** A graph of ffmpeg that draws the picture in RGB. */
export function drawing(size: string, rate: string, seconds: number): string {
  const [width = 0, height = 0] = size.split('x').map(Number);
  const half = { width: width / 2, height: height / 2 };
  const source = `s=${half.width}x${half.height}:r=${rate}:d=${seconds},format=rgb24`;
  const [a, b, c, d] = Object.values(QUARTERS).map((colour) => `color=${hex(colour)}:${source}`);
  const flash = `color=white:s=${half.width}x${half.height}:r=${rate}:d=${seconds},format=rgb24`;
  const at = `enable='between(t,${FLASH_SECONDS - 0.005},${FLASH_SECONDS + FLASH_LENGTH - 0.005})'`;
  return (
    `${a}[a];${b}[b];${c}[c];${d}[d];[a][b]hstack[top];[c][d]hstack[bottom];[top][bottom]vstack[ground];` +
    `${flash}[flash];[ground][flash]overlay=x=W/4:y=H/4:format=rgb:${at}`
  );
}

/** Inputs of ffmpeg: the picture, coded by a matrix. */
export function picture(size: string, rate: string, seconds: number, coding = 'bt709,format=yuv420p'): string[] {
  return ['-f', 'lavfi', '-i', `${drawing(size, rate, seconds)},scale=out_color_matrix=${coding}`];
}

/** Inputs of ffmpeg: the tone. */
export function tone(seconds: number): string[] {
  const loud = `between(t,${FLASH_SECONDS},${FLASH_SECONDS + FLASH_LENGTH})`;
  return ['-f', 'lavfi', '-i', `aevalsrc='0.5*sin(2*PI*1000*t)*${loud}':s=48000:d=${seconds}`];
}

/** How the picture of HDR10 is coded and tagged: ten bits, BT.2020, PQ. */
export const HDR10_TAGS = [
  ...['-pix_fmt', 'yuv420p10le', '-color_primaries', 'bt2020'],
  ...['-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
];

/** H.264 and AAC, tagged as BT.709. */
export const USUAL_CODING = [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20', '-c:a', 'aac'],
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
];

/** Runs ffmpeg in a folder to make a file there; returns its path. */
export async function makeFilm(folder: string, name: string, args: readonly string[]): Promise<string> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, name], { cwd: folder });
  return join(folder, name);
}

function hex(colour: readonly number[]): string {
  return `0x${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
