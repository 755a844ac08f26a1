/** When each track of a file has something to show, read packet by packet without decoding. */
import { fileClock, type ClockJump } from './clock.ts';
import { runProgram } from './child-program.ts';
import type { TrackTimes } from './track.ts';

/** How ffprobe is called. */
export interface ProbeSettings {
  readonly ffprobePath: string;
  readonly memoryMib: number;
  readonly signal: AbortSignal;
}

/** What the packets of a file tell. */
export interface PacketTimes {
  /** By the index of the track; a track that holds nothing is not there. */
  readonly tracks: ReadonlyMap<number, TrackTimes>;
  readonly jumps: readonly ClockJump[];
}

/** Enough pictures to tell the rate by, also where the film begins with a still. */
const FIRST_TIMES = 3000;
/** Longest that the last packet of a track is believed to last. */
const LONGEST_PACKET_SECONDS = 10;
const TIMEOUT_MS = 900_000;

interface Counted {
  packets: number;
  readonly firstInFile: number;
  start: number;
  last: number;
  end: number;
  readonly first: number[];
}

/** Reads the times of all packets. `input` are ffprobe's options with the file. */
export async function packetTimes(
  input: readonly string[],
  formatName: string,
  settings: ProbeSettings,
): Promise<PacketTimes> {
  const clock = fileClock(formatName);
  const counted = new Map<number, Counted>();
  const shown = 'packet=stream_index,pts_time,dts_time,duration_time,flags';
  await runProgram({
    program: settings.ffprobePath,
    args: ['-v', 'error', '-of', 'csv=p=1', '-show_entries', shown, ...input],
    timeoutMs: TIMEOUT_MS,
    memoryMib: settings.memoryMib,
    signal: settings.signal,
    onLine: (line) => {
      const packet = readPacket(line);
      if (packet === undefined) return;
      const shift = clock.shiftOf(packet.track, packet.decoded, packet.duration);
      if (!packet.isHidden) count(counted, packet, packet.shown + shift);
    },
  });
  const tracks = [...counted].map(([track, { start, last, end, first, ...one }]): [number, TrackTimes] => {
    return [
      track,
      { ...one, startSeconds: start, lastSeconds: last, endSeconds: end, first: first.toSorted((a, b) => a - b) },
    ];
  });
  return { tracks: new Map(tracks), jumps: clock.jumps };
}

interface Packet {
  readonly track: number;
  readonly shown: number;
  readonly decoded: number;
  readonly duration: number;
  /** Decoded but not shown: what an edit list cuts off. */
  readonly isHidden: boolean;
}

function readPacket(line: string): Packet | undefined {
  if (!line.startsWith('packet,')) return undefined;
  const [, track, pts, dts, duration, flags = ''] = line.split(',');
  const shown = Number(pts === 'N/A' ? dts : pts);
  const decoded = Number(dts === 'N/A' ? pts : dts);
  if (!Number.isFinite(shown) || !Number.isFinite(decoded)) return undefined;
  return { track: Number(track), shown, decoded, duration: Number(duration) || 0, isHidden: flags.includes('D') };
}

function count(counted: Map<number, Counted>, { track, shown, duration }: Packet, time: number): void {
  const end = time + Math.min(duration, LONGEST_PACKET_SECONDS);
  const known = counted.get(track);
  if (known === undefined) {
    counted.set(track, { packets: 1, firstInFile: shown, start: time, last: time, end, first: [time] });
    return;
  }
  known.packets += 1;
  known.start = Math.min(known.start, time);
  known.last = Math.max(known.last, time);
  known.end = Math.max(known.end, end);
  if (known.first.length < FIRST_TIMES) known.first.push(time);
}
