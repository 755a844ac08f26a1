import { expect, it } from 'vitest';
import { Places } from '#runtime/events/places';

// the end of a delivery and the next wait may come in any order of one turn
it.each([0, 1, 2, 3, 4, 5])('wakes everybody who waits for room, also when the limit shrinks (%d)', async (depth) => {
  let limit = 8;
  const places = new Places(() => limit, new AbortController().signal);
  const ends: (() => void)[] = [];
  for (let i = 0; i < 7; i += 1) places.occupy(new Promise<void>((resolve) => ends.push(resolve)));
  await places.room();
  limit = 1;
  ends.shift()?.();
  const second = (async () => {
    for (let i = 0; i < depth; i += 1) await Promise.resolve();
    await places.room();
  })();
  // the moment in which room() waits for more room is over
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const end of ends) {
    end();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect(second).resolves.toBeUndefined();
});
