import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeFilm, picture, tone, USUAL_CODING } from './drawn-film.ts';
import { seeFilm } from './film-sight.ts';
import { filmTests, SIZE, USUAL, type Kind } from './film-kind.ts';

const { folder: root, filmOf, made, plays, joined } = filmTests();

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
      const file = await makeFilm(root, 'unknown-sound.mp4', [...USUAL, '-map', '0', '-map', '1', '-map', '1']);
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

  it('whose sound breaks is made without it, and its owner is told', async () => {
    const source = await makeFilm(root, 'sound.mkv', USUAL);
    const noisy = ['-i', source, '-c', 'copy', '-bsf:a', 'noise=amount=1'];
    const { folder, content } = await filmOf(await makeFilm(root, 'noisy.mkv', noisy));
    expect(content).toMatchObject({
      hasAudio: false,
      remarks: ['Sound track 2 (aac) cannot be decoded and was left out.'],
    });
    expect((await seeFilm(folder, content, 30)).pictures).toBe(60);
  });

  plays('whose channels change under way keep their sound', {
    file: 'channels.ts',
    make: async () => {
      const part = (channels: string): string[] => [...USUAL, '-bf', '0', '-c:a', 'ac3', '-ac', channels];
      return await joined('channels.ts', [part('2'), [...part('6'), '-output_ts_offset', '2']]);
    },
    seconds: 4,
  });

  plays('of sixteen channels are heard in two', {
    file: 'sixteen.mov',
    make: [...picture(SIZE, '30', 2), ...tone(2), ...USUAL_CODING, '-c:a', 'pcm_s16le', '-af', 'pan=16c|c0=c0|c1=c0'],
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
      'that is protected against copying',
      'unsupported_format',
      /copy-protected/,
      {
        file: 'protected.mp4',
        make: [
          ...[...USUAL, '-encryption_scheme', 'cenc-aes-ctr', '-encryption_key', '0'.repeat(32)],
          ...['-encryption_kid', '1'.repeat(32)],
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
