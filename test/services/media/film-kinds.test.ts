import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RevisionContent } from '#services/media/transcode/revision-content';
import { transcode } from '#services/media/transcode/transcoder';
import { drawing, makeFilm, picture, tone, USUAL_CODING } from './drawn-film.ts';
import { combed, seeFilm, type SeenFilm } from './film-sight.ts';
import { mediaDisk } from './running-media.ts';

const disk = mediaDisk();
const SIZE = '320x180';
const USUAL = [...picture(SIZE, '30', 2), ...tone(2), ...USUAL_CODING];
const BT709_TAGS = 'tv,bt709,bt709,bt709';

afterAll(() => disk.remove());

/** A kind of file, and what is to become of it. */
interface Kind {
  readonly file: string;
  /** Arguments of ffmpeg, or what makes the file. */
  readonly make: readonly string[] | (() => Promise<string>);
  /** @default 2 */
  readonly seconds?: number;
  /** Pictures a second. @default 30 */
  readonly rate?: number;
  /** @default 320x180 */
  readonly size?: string;
  /** Whether flash and tone are there and come together. @default true */
  readonly sync?: boolean;
  /** How far colours may be off. @default 10 */
  readonly colourError?: number;
  readonly also?: (seen: SeenFilm, content: RevisionContent) => void;
}

async function filmOf(file: string): Promise<{ readonly folder: string; readonly content: RevisionContent }> {
  const folder = mkdtempSync(join(disk.root, 'film-'));
  const ladder = [{ height: 180, kilobitsPerSecond: 900 }];
  const content = await transcode({
    ...{ file, folder },
    settings: { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 1, memoryMib: 768, timeoutSeconds: 60, ladder },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return { folder, content };
}

async function made({ file, make }: Pick<Kind, 'file' | 'make'>): Promise<string> {
  return typeof make === 'function' ? await make() : await makeFilm(disk.root, file, make);
}

function plays(claim: string, kind: Kind): void {
  it(claim, async () => {
    const { seconds = 2, rate = 30, size = SIZE, sync = true, colourError = 10 } = kind;
    const { folder, content } = await filmOf(await made(kind));
    const seen = await seeFilm(folder, content, rate);
    expect(`${content.width}x${content.height}`).toBe(size);
    expect(content.durationSeconds).toBeCloseTo(seconds, 0.8);
    expect(Math.abs(seen.pictures / rate - content.durationSeconds)).toBeLessThan(0.05);
    expect([seen.colourError, seen.posterError].filter((error) => error > colourError)).toEqual([]);
    if (sync) {
      expect(seen.flashSeconds).toBeDefined();
      expect(Math.abs((seen.toneSeconds ?? Infinity) - (seen.flashSeconds ?? 0))).toBeLessThan(0.06);
    }
    kind.also?.(seen, content);
  });
}

async function joined(file: string, parts: readonly (readonly string[])[]): Promise<string> {
  const files = [];
  for (const [i, part] of parts.entries()) files.push(await makeFilm(disk.root, `part${i}-${file}`, part));
  writeFileSync(join(disk.root, file), Buffer.concat(files.map((one) => readFileSync(one))));
  return join(disk.root, file);
}

describe('time', () => {
  plays('of a plain film is kept', {
    file: 'plain.mp4',
    make: USUAL,
    also: ({ tags }) => expect(tags).toBe(BT709_TAGS),
  });

  plays('without any rate in the header is measured', {
    file: 'screen.webm',
    make: [
      ...['-f', 'lavfi', '-i'],
      `${drawing(SIZE, '60', 2)},scale=out_color_matrix=smpte170m,format=yuv420p,` +
        `select='gt(random(2),0.6)+between(t,0.45,0.6)+eq(n,0)',settb=1/1000,setpts='PTS+floor(random(1)*7)'`,
      ...[...tone(2), '-vsync', 'passthrough', '-enc_time_base', '1/1000', '-c:v', 'libvpx', '-deadline', 'realtime'],
      ...['-cpu-used', '8', '-b:v', '600k', '-c:a', 'libopus', '-live', '1'],
    ],
    rate: 60,
  });

  plays('of 240 pictures a second is thinned to 60', {
    file: 'fast.mp4',
    make: [...picture(SIZE, '240', 1), ...tone(1), ...USUAL_CODING],
    ...{ seconds: 1, rate: 60 },
  });

  plays('goes on with the last picture while sound lasts', {
    file: 'longer-sound.mp4',
    make: [...picture(SIZE, '30', 1), ...tone(4), ...USUAL_CODING],
    seconds: 4,
  });

  plays('of one picture with sound is the length of the sound', {
    file: 'talk.mp4',
    make: [...picture(SIZE, '25', 0.04), ...tone(3), ...USUAL_CODING],
    ...{ seconds: 3, rate: 5, sync: false },
  });

  plays('of a single picture is short, and it is seen', {
    file: 'still.mp4',
    make: [...picture(SIZE, '25', 1), '-frames:v', '1', ...USUAL_CODING],
    ...{ seconds: 0.2, rate: 5, sync: false },
  });

  plays('counts from where the clock begins', {
    file: 'ten-hours.mkv',
    make: [...USUAL, '-output_ts_offset', '36000'],
  });

  plays('is closed up where the clock of a broadcast jumps', {
    file: 'jump.ts',
    make: async () =>
      await joined('jump.ts', [
        [...USUAL, '-bf', '0'],
        [...USUAL, '-bf', '0', '-output_ts_offset', '5000'],
      ]),
    seconds: 4,
  });

  plays('is closed up where a recorder was paused for an hour', {
    file: 'pause.mkv',
    make: async () => {
      const source = await makeFilm(disk.root, 'pause-source.mp4', [...USUAL, '-bf', '0']);
      const later = 'setts=ts=if(gt(TS*TB\\,1.5)\\,TS+3600/TB\\,TS)';
      return await makeFilm(disk.root, 'pause.mkv', ['-i', source, '-c', 'copy', '-bsf:v', later, '-bsf:a', later]);
    },
  });

  plays('survives a clock that wraps', { file: 'wrap.ts', make: [...USUAL, '-output_ts_offset', '95442'] });

  plays('begins with a still where the picture comes late', {
    file: 'late.ts',
    make: [...tone(9), '-itsoffset', '7', ...picture(SIZE, '25', 2), ...USUAL_CODING, '-c:a', 'mp2', '-b:a', '384k'],
    ...{ seconds: 9, rate: 25, sync: false },
  });

  it('that a cut file does not hold is told, and its length is what plays', async () => {
    const whole = readFileSync(
      await makeFilm(disk.root, 'whole.mp4', [
        ...['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=30:d=6', ...USUAL_CODING, '-movflags', '+faststart'],
      ]),
    );
    const cut = join(disk.root, 'cut.mp4');
    writeFileSync(cut, whole.subarray(0, whole.length / 2));
    const { content } = await filmOf(cut);
    expect(content.durationSeconds).toBeLessThan(4);
    expect(content.remarks).toEqual([expect.stringMatching(/^The file ends after [\d.]+ of 6\.0 seconds/)]);
  });
});

describe('the tracks', () => {
  plays('that are shown are the largest picture and its sound', {
    file: 'two.ts',
    make: [...picture('160x90', '30', 2), ...USUAL, '-map', '0', '-map', '1', '-map', '2'],
  });

  plays('marked as default come first', {
    file: 'default.mkv',
    make: [
      ...['-f', 'lavfi', '-i', 'color=red:s=640x360:r=30:d=2', ...USUAL, '-map', '0', '-map', '1', '-map', '2'],
      ...['-disposition:v:0', '0', '-disposition:v:1', 'default'],
    ],
  });

  plays('that cannot be decoded are passed over and named', {
    file: 'unknown-sound.mp4',
    make: async () => {
      const file = await makeFilm(disk.root, 'unknown-sound.mp4', [...USUAL, '-map', '0', '-map', '1', '-map', '1']);
      // a kind of sound that nobody knows, as phones write for spatial sound
      const bytes = readFileSync(file);
      const at = bytes.indexOf('mp4a');
      bytes.write('apac', at);
      bytes.write('dapa', bytes.indexOf('esds', at));
      writeFileSync(file, bytes);
      return file;
    },
    also: (_, { remarks }) => expect(remarks).toEqual(['Sound track 2 (apac) cannot be decoded and was left out.']),
  });

  plays('of sixteen channels are heard in two', {
    file: 'sixteen.mov',
    make: [...picture(SIZE, '30', 2), ...tone(2), ...USUAL_CODING, '-c:a', 'pcm_s16le', '-af', 'pan=16c|c0=c0|c1=c0'],
  });
});

describe('the picture', () => {
  plays('is turned as its display matrix says', {
    file: 'turned.mp4',
    make: async () => {
      const source = await makeFilm(disk.root, 'lying.mp4', USUAL);
      return await makeFilm(disk.root, 'turned.mp4', ['-i', source, '-c', 'copy', '-metadata:s:v', 'rotate=90']);
    },
    ...{ size: '180x320', colourError: 255 },
    also: ({ topLeft }) => expect(topLeft).toBe('topRight'),
  });

  plays('has square pixels', {
    file: 'anamorphic.mp4',
    make: [...picture('160x180', '30', 2), ...tone(2), ...USUAL_CODING, '-aspect', '16:9'],
  });

  plays('that turns upright under way stands between bars', {
    file: 'resize.ts',
    make: async () =>
      await joined('resize.ts', [
        [...USUAL, '-bf', '0'],
        [...picture('180x320', '30', 2), ...tone(2), ...USUAL_CODING, '-bf', '0', '-output_ts_offset', '2'],
      ]),
    ...{ seconds: 4, colourError: 255 },
  });

  plays('of HDR10 is shown in BT.709', {
    file: 'pq.mkv',
    make: hdr('smpte2084'),
    colourError: 30,
    also: ({ tags }, { remarks }) => {
      expect(tags).toBe(BT709_TAGS);
      expect(remarks).toEqual([expect.stringContaining('HDR')]);
    },
  });

  plays('of HLG is shown in BT.709', {
    file: 'hlg.mkv',
    make: hdr('arib-std-b67'),
    colourError: 52,
    also: ({ tags }) => expect(tags).toBe(BT709_TAGS),
  });

  plays('coded in RGB has the right matrix', {
    file: 'rgb.avi',
    make: ['-f', 'lavfi', '-i', drawing(SIZE, '30', 2), ...tone(2), '-c:v', 'rawvideo', '-pix_fmt', 'bgr24'],
    also: ({ tags }) => expect(tags).toBe(BT709_TAGS),
  });

  plays('coded in BT.601 keeps its matrix, and says so', {
    file: 'sd.mp4',
    make: [
      ...[...picture(SIZE, '30', 2, 'smpte170m,format=yuv420p'), ...tone(2), ...USUAL_CODING],
      ...['-colorspace', 'smpte170m'],
    ],
    also: ({ tags }) => expect(tags).toContain('smpte170m'),
  });

  plays('of a film that fades in is on the poster', {
    file: 'fade.mp4',
    make: [
      ...[
        '-f',
        'lavfi',
        '-i',
        `${drawing(SIZE, '30', 3)},scale=out_color_matrix=bt709,format=yuv420p,fade=t=in:st=1:d=1`,
      ],
      ...USUAL_CODING,
    ],
    ...{ seconds: 3, sync: false, colourError: 24 },
  });

  it('that was interlaced has no comb', async () => {
    const bar =
      'color=0x305080:s=320x288:r=50:d=1[g];color=white:s=48x288:r=50:d=1[b];[g][b]overlay=x=mod(n*16\\,272):y=0:eval=frame';
    const interlaced = `${bar},tinterlace=interleave_top,fieldorder=tff,format=yuv420p`;
    const coding = ['-c:v', 'mpeg2video', '-flags', '+ilme+ildct', '-top', '1', '-b:v', '5M'];
    const { folder, content } = await filmOf(
      await makeFilm(disk.root, 'comb.mpg', ['-f', 'lavfi', '-i', interlaced, ...coding]),
    );
    expect(await combed(folder, content)).toBeLessThan(0.01);
  });
});

describe('a container', () => {
  const mpeg2 = ['-c:v', 'mpeg2video', '-b:v', '3M', '-colorspace', 'bt709'];
  for (const [name, coding, more] of [
    ['film.wmv', ['-c:v', 'wmv2', '-b:v', '2M', '-c:a', 'wmav2'], { colourError: 255 }],
    ['film.mxf', [...mpeg2, '-c:a', 'pcm_s16le'], { rate: 25 }],
    ['film.ts', [...mpeg2, '-c:a', 'mp2'], { rate: 25 }],
    ['film.m2v', [...mpeg2, '-an'], { rate: 25, sync: false }],
    ['film.gif', ['-an'], { rate: 25, sync: false, colourError: 24 }],
    ['film.flv', ['-c:v', 'flv', '-b:v', '2M', '-c:a', 'libmp3lame', '-ar', '44100'], { colourError: 255 }],
  ] as const) {
    const rate = 'rate' in more ? '25' : '30';
    plays(`${name} is taken`, { file: name, make: [...picture(SIZE, rate, 2), ...tone(2), ...coding], ...more });
  }
});

describe('a file is refused', () => {
  const refusals: readonly (readonly [string, string, RegExp, Pick<Kind, 'file' | 'make'>])[] = [
    [
      'that holds sound alone',
      'no_video_track',
      /only sound/,
      { file: 'sound.m4a', make: [...tone(1), '-c:a', 'aac'] },
    ],
    [
      'with pixels 30 times as wide as high',
      'too_large',
      /9600 × 180/,
      { file: 'flat.mkv', make: [...USUAL, '-vf', 'setsar=30/1'] },
    ],
    [
      'whose picture is larger than 8K',
      'too_large',
      /larger than 8K/,
      {
        file: 'dci.avi',
        make: ['-f', 'lavfi', '-i', 'color=red:s=8192x4320:d=0.1:r=10', '-c:v', 'mjpeg', '-strict', '-1'],
      },
    ],
    [
      'with more than 128 tracks',
      'too_large',
      /more than 128 tracks/,
      {
        file: 'tracks.mkv',
        make: [
          ...picture('32x32', '5', 1),
          ...Array.from({ length: 140 }, () => ['-map', '0']).flat(),
          '-c:v',
          'mpeg4',
        ],
      },
    ],
    [
      'that is a picture',
      'unsupported_format',
      /not supported/,
      { file: 'picture.png', make: [...picture(SIZE, '1', 1), '-frames:v', '1'] },
    ],
  ];
  it.each(refusals)('%s', async (_, code, words, kind) => {
    const refused = filmOf(await made(kind));
    await expect(refused).rejects.toMatchObject({
      name: 'UnusableVideo',
      code,
      message: expect.stringMatching(words) as string,
    });
  });
});

function hdr(transfer: string): string[] {
  const drawn = 'format=gbrp,setparams=range=pc:color_primaries=bt709:color_trc=iec61966-2-1:colorspace=gbr';
  const graded = `zscale=p=bt2020:t=${transfer}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le`;
  const tags = ['-colorspace', 'bt2020nc', '-color_primaries', 'bt2020', '-color_trc', transfer, '-color_range', 'tv'];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '18', ...tags];
  return ['-f', 'lavfi', '-i', `${drawing(SIZE, '30', 2)},${drawn},${graded}`, ...tone(2), ...coding, '-c:a', 'aac'];
}
