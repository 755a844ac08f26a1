import type { Dependency } from '#runtime';
import { freeBytes } from './disk-floor.ts';

/** The disk, for `/readyz`: reads need it; that it is too full for uploads is told, and ends nothing. */
export function diskDependency(folder: string, floorBytes: number): Dependency {
  return {
    name: 'disk',
    required: true,
    check: async () => {
      const free = await freeBytes(folder);
      return free >= floorBytes ? { up: true } : { up: true, detail: 'below its floor: no uploads, no processing' };
    },
  };
}
