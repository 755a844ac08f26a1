import { expect, it } from 'vitest';
import { SafeFloor } from '#runtime/outbox/safe-floor';

it('is the last position when nobody writes', () => {
  const floor = new SafeFloor();
  floor.note(7, [], 0);
  expect(floor.safe).toBe(7);
});

it('waits for those who wrote when the position was the last, not for who began later', () => {
  const floor = new SafeFloor();
  floor.note(7, ['a', 'b'], 1);
  floor.note(9, ['b', 'c'], 2);
  expect([floor.safe, floor.heldSince]).toEqual([0, 1]);
  floor.note(12, ['c', 'd'], 3);
  expect([floor.safe, floor.heldSince]).toEqual([7, 3]);
  floor.note(15, ['e'], 4);
  expect(floor.safe).toBe(12);
});

it('knows nothing after another server may have taken over', () => {
  const floor = new SafeFloor();
  floor.note(7, [], 0);
  floor.reset();
  expect(floor.safe).toBe(0);
});
