/**
 * What Chromium plays of films of many kinds. Two of them in each run; all with `ALL_FILMS=1`, which also prints a table.
 * Pictures are counted as the browser decoded them: those that it drops afterwards on a busy machine are not the film's fault,
 * and are in the table alone.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../demo/member.ts';
import { drawing, HDR10_TAGS, makeFilm, picture, tone, USUAL_CODING } from '../services/media/drawn-film.ts';
import { newMember, pageOf, untilTrue } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { untilReady, uploadBytes } from './film.ts';

/** A kind of file, and what is to be seen of it. */
interface Kind {
  readonly file: string;
  readonly args: readonly string[];
  /** Pictures a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Width by height. */
  readonly shape: number;
}

/** What the page saw from the first to the last picture. */
interface Played {
  readonly decoded: number;
  readonly dropped: number;
  readonly duration: number;
  readonly shape: number;
  /** Times of the film at which pictures were shown. */
  readonly shown: number;
}

const SIZE = '320x180';
const WIDE = 16 / 9;
const plain = (rate: string, seconds: number): string[] => [...picture(SIZE, rate, seconds), ...tone(seconds)];
const uneven = "select='gt(random(2),0.6)+eq(n,0)',settb=1/1000,setpts='PTS+floor(random(1)*7)'";
const fields = 'tinterlace=interleave_top,fieldorder=tff,format=yuv420p';

const KINDS: readonly Kind[] = [
  kind('screen.webm', 60, [
    ...['-f', 'lavfi', '-i', `${drawing(SIZE, '60', 3)},format=yuv420p,${uneven}`, ...tone(3)],
    ...['-vsync', 'passthrough', '-enc_time_base', '1/1000', '-c:v', 'libvpx', '-deadline', 'realtime', '-live', '1'],
  ]),
  kind('fields.mpg', 25, [
    ...['-f', 'lavfi', '-i', `${drawing('640x360', '50', 3)},${fields}`, ...tone(3)],
    ...['-c:v', 'mpeg2video', '-flags', '+ilme+ildct', '-b:v', '4M', '-c:a', 'mp2'],
  ]),
  kind('plain.mp4', 30, [...plain('30', 3), ...USUAL_CODING]),
  kind('fast.mp4', 60, [...plain('240', 3), ...USUAL_CODING]),
  kind('hdr.mkv', 30, [...plain('30', 3), '-c:v', 'libx264', '-preset', 'ultrafast', ...HDR10_TAGS, '-c:a', 'aac']),
  kind('film.wmv', 30, [...plain('30', 3), '-c:v', 'wmv2', '-b:v', '2M', '-c:a', 'wmav2']),
  kind('film.mxf', 25, [...plain('25', 3), '-c:v', 'mpeg2video', '-b:v', '3M', '-c:a', 'pcm_s16le']),
  kind('film.gif', 25, picture(SIZE, '25', 3)),
  kind('film.flv', 30, [...plain('30', 3), '-c:v', 'flv', '-b:v', '2M', '-c:a', 'libmp3lame', '-ar', '44100']),
  kind('late.mkv', 30, [...plain('30', 3), ...USUAL_CODING, '-output_ts_offset', '36000']),
  kind('rgb.avi', 30, [
    '-f',
    'lavfi',
    '-i',
    drawing(SIZE, '30', 3),
    ...tone(3),
    '-c:v',
    'rawvideo',
    '-pix_fmt',
    'bgr24',
  ]),
  { ...kind('talk.mp4', 5, [...picture(SIZE, '25', 0.04), ...tone(4), ...USUAL_CODING]), seconds: 4 },
];

function kind(file: string, rate: number, args: readonly string[]): Kind {
  return { file, args, rate, seconds: 3, shape: WIDE };
}

const folder = mkdtempSync(join(tmpdir(), 'e2e-films-'));
const kinds = process.env.ALL_FILMS === '1' ? KINDS : KINDS.slice(0, 2);
let browser: Browser;
let ada: Member;
let page: Page;
let videos: ReadonlyMap<string, string>;

beforeAll(async () => {
  [browser, ada] = [await launchBrowser(), await newMember('Ada')];
  page = await pageOf(browser, ada);
  const uploaded = new Map<string, string>();
  for (const { file, args } of kinds) {
    const bytes = readFileSync(await makeFilm(folder, file, args));
    uploaded.set(file, await uploadBytes(ada, { title: file, fileName: file, visibility: 'unlisted' }, bytes));
  }
  videos = uploaded;
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Plays the film of the page from its beginning to its end. */
async function playThrough(): Promise<Played> {
  await untilTrue(page, `document.querySelector('video')?.readyState >= 3`);
  return await page.evaluate<Played>(`(async () => {
    const video = document.querySelector('video');
    video.pause();
    // some pictures after the place to play from are decoded before playing begins
    const before = video.getVideoPlaybackQuality();
    video.currentTime = 0;
    await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
    const shown = new Set();
    const look = (_, { mediaTime }) => {
      shown.add(mediaTime);
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    const ended = new Promise((resolve) => video.addEventListener('ended', resolve, { once: true }));
    await video.play();
    await ended;
    const after = video.getVideoPlaybackQuality();
    return {
      decoded: after.totalVideoFrames - before.totalVideoFrames,
      dropped: after.droppedVideoFrames - before.droppedVideoFrames,
      duration: video.duration,
      shape: video.videoWidth / video.videoHeight,
      shown: shown.size,
    };
  })()`);
}

describe('a film', () => {
  it.each(kinds.map((one) => [one.file, one] as const))('plays whole in the browser: %s', async (file, wanted) => {
    const videoId = videos.get(file) ?? '';
    await untilReady(ada, videoId);
    await page.goto(`/watch/${videoId}`);
    const played = await playThrough();
    if (process.env.ALL_FILMS === '1') process.stdout.write(`${JSON.stringify({ file, ...played })}\n`);
    expect(Math.abs(played.duration - wanted.seconds)).toBeLessThan(0.15);
    expect(played.shape).toBeCloseTo(wanted.shape, 1);
    expect(played.decoded).toBeGreaterThanOrEqual(wanted.seconds * wanted.rate * 0.98);
    expect(played.shown).toBeGreaterThan(1);
  });
});
