import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a test video is like. */
export interface TestVideo {
  readonly seconds: number;
  /** @default 320x180 */
  readonly size?: string;
  /** @default true */
  readonly sound?: boolean;
  /** @default true */
  readonly picture?: boolean;
}

/** Makes a small mp4 with ffmpeg; gives its path. */
export async function makeTestVideo(folder: string, name: string, video: TestVideo): Promise<string> {
  const { seconds, size = '320x180', sound = true, picture = true } = video;
  const file = join(folder, name);
  const inputs = [
    ...(picture ? ['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=25`] : []),
    ...(sound ? ['-f', 'lavfi', '-i', 'sine=frequency=440'] : []),
  ];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  const rest = ['-t', String(seconds), '-movflags', '+faststart', file];
  await run('ffmpeg', ['-v', 'error', '-y', ...inputs, ...codecs, ...rest]);
  return file;
}
