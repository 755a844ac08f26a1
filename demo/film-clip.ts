import { execFile } from 'node:child_process';
import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A few seconds of film that nobody had to shoot. */
export interface FilmClip {
  /** ffmpeg's source of the picture, without its size and rate: `mandelbrot`, `testsrc2`, `life=mold=10`. */
  readonly picture: string;
  readonly seconds: number;
  /** Pixels. @default 640x360 */
  readonly size?: string;
  /** Pitch of the tone in Hz; 0 for a silent film. @default 440 */
  readonly toneHz?: number;
  /** Rate of the picture, as ffmpeg writes it. @default 800k */
  readonly bitRate?: string;
}

const run = promisify(execFile);
const FRAMES_PER_SECOND = 24;

/** Makes an mp4 with ffmpeg. Throws with what ffmpeg said. */
export async function makeFilmClip(clip: FilmClip): Promise<Buffer> {
  const { picture, seconds, size = '640x360', toneHz = 440, bitRate = '800k' } = clip;
  const folder = await mkdtemp(join(tmpdir(), 'film-clip-'));
  const file = join(folder, 'clip.mp4');
  const source = `${picture}${picture.includes('=') ? ':' : '='}size=${size}:rate=${FRAMES_PER_SECOND}`;
  const sound = toneHz === 0 ? [] : ['-f', 'lavfi', '-i', `sine=frequency=${toneHz}:sample_rate=48000`];
  try {
    await run('ffmpeg', [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'],
      ...['-f', 'lavfi', '-i', source, ...sound],
      ...['-t', String(seconds), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
      ...['-b:v', bitRate, '-minrate', bitRate, '-maxrate', bitRate, '-bufsize', bitRate],
      ...(toneHz === 0 ? [] : ['-c:a', 'aac', '-b:a', '64k']),
      ...['-movflags', '+faststart', file],
    ]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
