/** Seconds that were watched before it is worth going on there, and that are left before it counts as seen. */
const EDGES = { start: 5, end: 10 } as const;
/** Part of the whole after which a video counts as seen. */
const SEEN = 0.95;

/** Where to go on with a video: where it was left, or the start when that was hardly begun or as good as the end. */
export function resumePosition(leftAtSeconds: number | undefined, durationSeconds: number): number {
  if (leftAtSeconds === undefined || leftAtSeconds < EDGES.start) return 0;
  const end = Math.min(durationSeconds - EDGES.end, durationSeconds * SEEN);
  return leftAtSeconds < end ? leftAtSeconds : 0;
}
