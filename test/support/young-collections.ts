/** Whether what a request holds is freed with it by the collections of young objects, which are frequent and cheap. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 1024 ** 2;
const COUNT = 1000;
const WARM_UP_COUNT = 100;
const COLLECT_EVERY = 20;
/** Words that each holds: 16 KiB. */
const HELD_WORDS = 2048;

/** Collects garbage: all of it, or the young objects alone. */
export function garbageCollector(): (options?: { readonly type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
}

/** Lets go of 1,000 things that were made around 16 KiB each; gives how many MiB young collections leave of their 16. */
export function keptByYoungCollections(make: (held: object) => void): number {
  const collect = garbageCollector();
  const makeMany = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      make({ held: new Array<number>(HELD_WORDS).fill(i) });
      if (i % COLLECT_EVERY === 0) collect({ type: 'minor' });
    }
  };
  makeMany(WARM_UP_COUNT);
  const before = process.memoryUsage().heapUsed;
  makeMany(COUNT);
  collect({ type: 'minor' });
  return (process.memoryUsage().heapUsed - before) / MIB;
}
