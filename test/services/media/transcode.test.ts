import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { media, readRenditionLadder } from '#catalog';
import { runProgram } from '#services/media/transcode/child-program';
import { planRenditions } from '#services/media/transcode/ladder';
import { transcode } from '#services/media/transcode/transcoder';
import { mediaDisk } from './running-media.ts';
import { makeTestVideo } from './test-video.ts';

const run = promisify(execFile);
const disk = mediaDisk();
const ladder = [
  { height: 240, kilobitsPerSecond: 400 },
  { height: 480, kilobitsPerSecond: 1200 },
  { height: 720, kilobitsPerSecond: 2800 },
];
const signal = new AbortController().signal;
const programs = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 1, memoryMib: 768, ladder };

afterAll(() => disk.remove());

function sizes(width: number, height: number): string[] {
  return planRenditions({ width, height }, ladder).map((one) => `${one.width}x${one.height}@${one.kilobitsPerSecond}`);
}

describe('the ladder', () => {
  it('leaves out what is larger than the source, and stops at its own top', () => {
    expect(sizes(1280, 720)).toEqual(['426x240@400', '852x480@1200', '1280x720@2800']);
    expect(sizes(3840, 2160)).toEqual(['426x240@400', '852x480@1200', '1280x720@2800']);
  });

  it('gives a source between two steps its own size too, and a small one only that', () => {
    expect(sizes(640, 360)).toEqual(['426x240@400', '640x360@675']);
    expect(sizes(854, 500)).toEqual(['408x240@400', '818x480@1200']);
    expect(sizes(160, 90)).toEqual(['160x90@100']);
  });

  it('measures an upright video by its width', () => {
    expect(sizes(1080, 1920)).toEqual(['240x426@400', '480x852@1200', '720x1280@2800']);
  });

  it('is at most 720p by default', () => {
    const declared = '240p:400k,480p:1200k,720p:2800k';
    expect(readRenditionLadder(declared)).toEqual(ladder);
    expect(media.env.map((one) => one.source)).toContainEqual(expect.objectContaining({ value: declared }));
  });
});

describe('a transcoded video', () => {
  it('announces a rate of its own for each rendition, none above its cap', async () => {
    const file = await makeTestVideo(disk.root, 'noise.mp4', { seconds: 3, size: '640x480', sound: false });
    const folder = join(disk.root, 'made');
    mkdirSync(folder);
    const phases: string[] = [];
    const content = await transcode({
      ...{ file, folder, signal },
      settings: { ...programs, timeoutSeconds: 60 },
      onProgress: (phase) => phases.push(phase),
    });
    expect(content).toMatchObject({ width: 640, height: 480, hasAudio: false, hasPoster: true });
    const rates = content.renditions.map(({ bitsPerSecond }) => bitsPerSecond);
    expect(rates[0]).toBeLessThanOrEqual(400_000 * 1.1);
    expect(rates[1]).toBeLessThanOrEqual(1_200_000 * 1.1);
    expect(rates[0]).toBeLessThan(rates[1] ?? 0);
    expect([...new Set(phases)]).toEqual(['probing', 'transcoding', 'poster', 'packaging']);
    for (const { name, bytes } of content.renditions) {
      expect(existsSync(join(folder, name, 'index.m3u8'))).toBe(true);
      expect(bytes).toBeGreaterThan(1000);
    }
  });

  it('that takes too long is given up for good', async () => {
    const file = await makeTestVideo(disk.root, 'slow.mp4', { seconds: 20, size: '640x360' });
    const folder = join(disk.root, 'slow');
    mkdirSync(folder);
    const settings = { ...programs, timeoutSeconds: 1 };
    const made = transcode({ ...{ file, folder, signal }, settings, onProgress: () => undefined });
    await expect(made).rejects.toMatchObject({ code: 'timed_out' });
  });
});

describe('a program', () => {
  it('is ended with all that it started when its time is over', async () => {
    const marker = join(disk.root, 'alive');
    const script = `(sleep 1; touch '${marker}') & wait`;
    const call = { program: '/bin/sh', args: ['-c', script], timeoutMs: 200 };
    await expect(runProgram(call)).rejects.toThrow('took longer');
    await run('sleep', ['1.2']);
    expect(existsSync(marker)).toBe(false);
  });

  it('sees no variable of the service, and no shell sees its arguments', async () => {
    process.env.TEST_SECRET = 'hidden';
    const { output } = await runProgram({ program: '/usr/bin/env', args: [], timeoutMs: 5000 });
    expect(output).not.toContain('hidden');
    const echoed = await runProgram({ program: '/bin/echo', args: ['$(id);`id`'], timeoutMs: 5000 });
    expect(echoed.output).toBe('$(id);`id`\n');
  });

  it('takes no more memory than it may', async () => {
    const script = 'a=$(head -c 40000000 /dev/zero | tr "\\000" x); echo done';
    const call = { program: '/bin/sh', args: ['-c', script], timeoutMs: 20_000 };
    expect((await runProgram(call)).output).toBe('done\n');
    expect((await runProgram({ ...call, memoryMib: 20 })).output).toBe('');
  });

  it('that cannot be started says so, with a limit and without', async () => {
    await expect(runProgram({ program: '/no/such', args: [], timeoutMs: 5000 })).rejects.toThrow(
      'could not be started',
    );
    const limited = runProgram({ program: '/no/such', args: [], timeoutMs: 5000, memoryMib: 100 });
    await expect(limited).rejects.toThrow('could not be started');
  });
});
