import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawing, makeFilm, picture, tone, USUAL_CODING } from './drawn-film.ts';
import { BT709_TAGS, filmTests, SIZE, USUAL } from './film-kind.ts';

const { folder: root, filmOf, plays, joined } = filmTests();

const BROWSER_RECORDING = [
  ...[...picture(SIZE, '30', 2, 'smpte170m,format=yuv420p'), ...tone(2)],
  ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k', '-c:a', 'libopus', '-live', '1'],
];

const PAUSE = 'The file has 3600 seconds without pictures and sound; they were left out.';

/** A film whose clock runs on for an hour after 1.5 seconds. */
async function paused(file: string): Promise<string> {
  const source = await makeFilm(root, `whole-${file}`, [...USUAL, '-bf', '0']);
  const later = 'setts=ts=if(gt(TS*TB\\,1.5)\\,TS+3600/TB\\,TS)';
  return await makeFilm(root, file, ['-i', source, '-c', 'copy', '-bsf:v', later, '-bsf:a', later]);
}

/** An FLV file whose clock of 32 bits wraps after some milliseconds. */
function wrapped(flv: Buffer, afterMs: number): Buffer {
  const header = 13;
  for (let at = header; at + 11 <= flv.length; at += 11 + flv.readUIntBE(at + 1, 3) + 4) {
    const time = (flv.readUIntBE(at + 4, 3) + 2 ** 32 - afterMs) % 2 ** 32;
    flv.writeUIntBE(time % 2 ** 24, at + 4, 3);
    flv.writeUInt8(Math.floor(time / 2 ** 24), at + 7);
  }
  return flv;
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

  plays('is closed up where a recorder of MP4 was paused for an hour', {
    file: 'pause.mp4',
    make: async () => await paused('pause.mp4'),
    also: (_seen, content) => expect(content.remarks).toEqual([PAUSE]),
  });

  plays('is closed up where a recorder of Matroska was paused for an hour', {
    file: 'pause.mkv',
    make: async () => await makeFilm(root, 'pause.mkv', ['-i', await paused('to-matroska.mp4'), '-c', 'copy']),
    also: (_seen, content) => expect(content.remarks).toEqual([PAUSE]),
  });

  plays('goes on where the clock of joined recordings begins again', {
    file: 'again.webm',
    make: async () => await joined('again.webm', [BROWSER_RECORDING, BROWSER_RECORDING]),
    seconds: 4,
  });

  plays('goes on where the clock of a stream wraps', {
    file: 'wrap.flv',
    make: async () => {
      const file = await makeFilm(root, 'wrap.flv', [...USUAL, '-bf', '0']);
      writeFileSync(file, wrapped(readFileSync(file), 1000));
      return file;
    },
  });

  plays('survives a clock that wraps', { file: 'wrap.ts', make: [...USUAL, '-output_ts_offset', '95442'] });

  plays('begins with a still where the picture comes late', {
    file: 'late.ts',
    make: [...tone(9), '-itsoffset', '7', ...picture(SIZE, '25', 2), ...USUAL_CODING, '-c:a', 'mp2', '-b:a', '384k'],
    ...{ seconds: 9, rate: 25, sync: false },
  });

  it('of slides without sound is kept, however long each stays, also the last', async () => {
    const slides = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=1/12:d=60', ...USUAL_CODING];
    const { content } = await filmOf(await makeFilm(root, 'slides.mp4', slides));
    expect(content.durationSeconds).toBeCloseTo(60, 0);
    expect(content.remarks).toEqual([]);
  });

  it('that another sound or a subtitle has beyond the film is not missed', async () => {
    const long = join(root, 'long.srt');
    writeFileSync(long, '1\n00:00:00,000 --> 00:00:09,000\nHello\n');
    const args = [...picture(SIZE, '30', 2), ...tone(2), '-i', long, '-c:s', 'mov_text', ...USUAL_CODING];
    const { content } = await filmOf(await makeFilm(root, 'subtitled.mp4', args));
    expect(content.durationSeconds).toBeCloseTo(2, 0);
    expect(content.remarks).toEqual([]);
  });

  it('that a cut file does not hold is told, and its length is what plays', async () => {
    const whole = readFileSync(
      await makeFilm(root, 'whole.mp4', [
        ...['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=30:d=6', ...USUAL_CODING, '-movflags', '+faststart'],
      ]),
    );
    const cut = join(root, 'cut.mp4');
    writeFileSync(cut, whole.subarray(0, whole.length / 2));
    const { content } = await filmOf(cut);
    expect(content.durationSeconds).toBeLessThan(4);
    expect(content.remarks).toEqual([expect.stringMatching(/^The file ends after [\d.]+ of 6\.0 seconds/)]);
  });
});
