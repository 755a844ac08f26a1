/** Reads the lines of `ffmpeg -progress` and tells how many seconds of the video are done. */
export function progressReader(onSeconds: (seconds: number) => void): (line: string) => void {
  return (line) => {
    const match = /^out_time_us=(\d+)$/.exec(line);
    if (match) onSeconds(Number(match[1]) / 1_000_000);
  };
}

/** Part of a hundred that `done` is of `whole`; 0 when the whole is not known. */
export function percentOf(done: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, Math.round((done / whole) * 1000) / 10)) : 0;
}
