/** Reads what ffmpeg printed with `-v level+verbose`: the faults, and how much of each track it could decode. */

/** What ffmpeg said. */
export interface EncoderReport {
  /** Lines about faults. */
  readonly faults: string;
  /** Decoded pieces by the index of the track; empty where ffmpeg did not reach its end. */
  readonly decoded: ReadonlyMap<number, number>;
}

const FAULT = /\[(?:error|fatal|panic)\]/;
const DECODED = /Input stream #0:(\d+) .*?(\d+) frames decoded/g;

/** Reads what was printed. */
export function encoderReport(printed: string): EncoderReport {
  const faults = printed.split('\n').filter((line) => FAULT.test(line));
  const decoded = [...printed.matchAll(DECODED)].map(([, track, pieces]): [number, number] => {
    return [Number(track), Number(pieces)];
  });
  return { faults: faults.join('\n'), decoded: new Map(decoded) };
}
