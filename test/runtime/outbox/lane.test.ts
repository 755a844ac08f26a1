import { expect, it } from 'vitest';
import { Lane, pauseMs } from '#runtime/outbox/lane';

function failed(lane: Lane, times: number): boolean[] {
  return Array.from({ length: times }, () => {
    lane.sent(0);
    return lane.failed(0);
  });
}

it('closes after eight failures in a row, and a success in between starts the count again', () => {
  const lane = new Lane();
  expect(failed(lane, 7)).not.toContain(true);
  lane.sent(0);
  lane.stored(0);
  expect(failed(lane, 8)).toEqual([false, false, false, false, false, false, false, true]);
  expect(lane.open).toBe(false);
});

it('tries one at a time while it is closed, and is read again from what it passed over once one is stored', () => {
  const lane = new Lane();
  failed(lane, 8);
  lane.skip(70);
  lane.skip(50);
  expect([lane.hasRoom, lane.mayRetry]).toEqual([false, true]);
  lane.sent(0);
  expect(lane.mayRetry).toBe(false);
  expect(lane.stored(0)).toBe(50);
  expect([lane.hasRoom, lane.skippedFrom]).toEqual([true, Number.POSITIVE_INFINITY]);
});

it('falls silent when nothing answers for a moment, and closes with the first failure then', () => {
  const lane = new Lane();
  lane.sent(1000);
  expect([lane.fellSilent(1250), lane.fellSilent(1251), lane.open]).toEqual([false, true, false]);
  expect([lane.failed(6000), lane.closed]).toEqual([true, true]);
});

it('is stuck when it fell silent and what it waited for was lost with the connection, and goes on when it opens', () => {
  const lane = new Lane();
  lane.sent(1000);
  lane.sent(1000);
  lane.fellSilent(1251);
  lane.skip(7);
  lane.settled(4000);
  expect(lane.isStuck(0)).toBe(false);
  lane.settled(4000);
  expect([lane.isStuck(0), lane.isStuck(1)]).toEqual([true, true]);
  expect([lane.reopen(), lane.open]).toEqual([7, true]);
});

it('is stuck when it is closed and nothing is left to try', () => {
  const lane = new Lane();
  failed(lane, 8);
  expect([lane.isStuck(1), lane.isStuck(0)]).toEqual([false, true]);
});

it('pauses twice as long each time, a minute at most', () => {
  expect([1, 2, 3, 20].map((attempts) => pauseMs(attempts, () => 0.5))).toEqual([1000, 2000, 4000, 60_000]);
});
