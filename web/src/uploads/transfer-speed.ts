/** Milliseconds that a speed is measured over: long enough to be calm, short enough to be true. */
const WINDOW_MS = 6_000;
/** Milliseconds before there is a speed to tell. */
const LEAST_MS = 500;

/** Measures how fast bytes go. */
export interface SpeedMeter {
  /** Takes in how many bytes went until now, and gives bytes per second; undefined at the start. */
  measure(sentBytes: number, nowMs: number): number | undefined;
}

/** Creates a meter over a sliding window; bytes that are sent again after an interruption restart it. */
export function speedMeter(): SpeedMeter {
  let samples: { readonly bytes: number; readonly at: number }[] = [];
  return {
    measure(bytes, at) {
      const last = samples.at(-1);
      if (last && bytes < last.bytes) samples = [];
      samples.push({ bytes, at });
      while (samples.length > 2 && at - (samples[1]?.at ?? at) >= WINDOW_MS) samples.shift();
      const first = samples[0];
      if (first === undefined || at - first.at < LEAST_MS) return undefined;
      return ((bytes - first.bytes) * 1000) / (at - first.at);
    },
  };
}
