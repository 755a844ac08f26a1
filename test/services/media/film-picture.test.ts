import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawing, makeFilm, picture, tone, USUAL_CODING } from './drawn-film.ts';
import { combed } from './film-sight.ts';
import { BT709_TAGS, filmTests, SIZE, USUAL } from './film-kind.ts';

const { folder: root, filmOf, plays, joined } = filmTests();

describe('the picture', () => {
  plays('is turned as its display matrix says', {
    file: 'turned.mp4',
    make: async () => {
      const source = await makeFilm(root, 'lying.mp4', USUAL);
      return await makeFilm(root, 'turned.mp4', ['-i', source, '-c', 'copy', '-metadata:s:v', 'rotate=90']);
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

  const fields = (order: string): string => {
    const bar = 'color=white:s=48x480:r=50:d=1[b];[g][b]overlay=x=mod(n*16\\,592):y=0:eval=frame';
    return `color=0x305080:s=640x480:r=50:d=1[g];${bar},tinterlace=interleave_${order}`;
  };
  const mpeg2 = ['-c:v', 'mpeg2video', '-flags', '+ilme+ildct', '-b:v', '5M'];
  it.each([
    ['marked', 'comb.mpg', [`${fields('top')},fieldorder=tff,format=yuv420p`, ...mpeg2, '-top', '1']],
    ['without a mark', 'comb.mp4', [`${fields('top')},setfield=prog,format=yuv420p`, ...USUAL_CODING]],
    [
      'without a mark, lower field first',
      'comb.avi',
      [`${fields('bottom')},setfield=prog`, '-c:v', 'mjpeg', '-q:v', '3'],
    ],
  ])('that was interlaced has no comb: %s', async (_, name, [graph = '', ...coding]) => {
    const { folder, content } = await filmOf(await makeFilm(root, name, ['-f', 'lavfi', '-i', graph, ...coding]), 480);
    expect(await combed(folder, content)).toBeLessThan(0.01);
  });

  plays('that is interlaced and changes its size goes on', {
    file: 'narrower.ts',
    make: async () => {
      const part = (width: number): string[] => [
        ...[...picture(`${width}x576`, '25', 2, 'smpte170m,setfield=tff,format=yuv420p'), ...tone(2)],
        ...[...mpeg2, '-top', '1', '-aspect', '16:9', '-c:a', 'mp2'],
      ];
      return await joined('narrower.ts', [part(720), [...part(544), '-output_ts_offset', '2']]);
    },
    ...{ seconds: 4, rate: 25 },
  });

  it('of Dolby Vision that only its own players show is refused', async () => {
    const file = await makeFilm(root, 'vision.mp4', USUAL);
    const bytes = readFileSync(file);
    // a box of 12 bytes becomes the one that says profile 5, level 6, without a picture for others
    const at = bytes.indexOf('btrt');
    bytes.write('dvcC', at);
    bytes.set([1, 0, (5 << 1) | 0, (6 << 3) | 0b101, 0, 0, 0, 0, 0, 0, 0, 0], at + 4);
    writeFileSync(file, bytes);
    await expect(filmOf(file)).rejects.toMatchObject({
      code: 'unsupported_format',
      message: expect.stringContaining('Dolby Vision profile 5') as string,
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
