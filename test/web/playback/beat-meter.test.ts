import { BEAT_INTERVAL_SECONDS, beatBody, type Beat } from '#contracts';
import { expect, test } from 'vitest';
import { beatMeter } from '../../../web/src/playback/beat-meter.ts';
import { resumePosition } from '../../../web/src/playback/resume-position.ts';

const ID = '44444444-4444-4444-8444-444444444444';

function player() {
  const beats: Beat[] = [];
  const meter = beatMeter(ID, (beat) => beats.push(beat));
  let nowMs = 0;
  let positionSeconds = 0;
  const look = (playing: boolean, rate = 1) => meter.look({ positionSeconds, rate, playing, nowMs });
  return {
    beats,
    meter,
    play(seconds: number, rate = 1) {
      look(true, rate);
      for (let passed = 0; passed < seconds; passed += 0.25) {
        nowMs += 250;
        positionSeconds += 0.25 * rate;
        look(true, rate);
      }
    },
    wait(seconds: number, playing: boolean) {
      look(playing);
      nowMs += seconds * 1000;
      look(playing);
    },
    jump(to: number) {
      positionSeconds = to;
      look(true);
    },
    watched: () => beats.reduce((sum, { watchedSeconds }) => sum + watchedSeconds, 0),
  };
}

test('says a beat each few seconds, in the form of the contract', () => {
  const one = player();
  one.play(12);
  one.meter.flush();
  expect(one.beats.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  expect(one.beats[0]?.watchedSeconds).toBeCloseTo(BEAT_INTERVAL_SECONDS);
  expect(one.watched()).toBeCloseTo(12);
  for (const beat of one.beats) expect(beatBody.parse(beat)).toEqual(beat);
});

test('counts no jump, no stall and no pause', () => {
  const one = player();
  one.play(2);
  one.jump(500);
  one.wait(30, true);
  one.wait(30, false);
  one.jump(10);
  one.play(1);
  one.meter.flush();
  expect(one.watched()).toBeCloseTo(3);
});

test('counts seconds of the clock when it plays faster', () => {
  const one = player();
  one.play(8, 2);
  one.meter.flush();
  expect(one.watched()).toBeCloseTo(8);
});

test('says nothing when nothing was played', () => {
  const one = player();
  one.meter.flush();
  one.wait(10, false);
  one.meter.flush();
  expect(one.beats).toEqual([]);
});

test('goes on where a video was left', () => {
  expect(resumePosition(120, 600)).toBe(120);
  expect(resumePosition(undefined, 600)).toBe(0);
});

test('starts over what was hardly begun, or as good as seen', () => {
  expect([resumePosition(3, 600), resumePosition(595, 600), resumePosition(580, 600), resumePosition(8, 12)]).toEqual([
    0, 0, 0, 0,
  ]);
});
