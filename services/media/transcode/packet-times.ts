/** When each track of a file has something to show, reckoned from its packets without decoding. */
import { jumpingClock, mayJump, runningClock, type ClockJump, type FileClock } from './clock.ts';
import type { TrackTimes } from './track.ts';

/** A packet of a file, as far as its time goes. */
export interface Packet {
  readonly track: number;
  readonly shown: number;
  readonly decoded: number;
  readonly duration: number;
  /** Decoded but not shown: what an edit list cuts off. */
  readonly isHidden: boolean;
}

/** What the packets of a file tell. */
export interface PacketTimes {
  /** By the index of the track; a track that holds nothing is not there. */
  readonly tracks: ReadonlyMap<number, TrackTimes>;
  readonly jumps: readonly ClockJump[];
}

/** Enough pictures to tell the rate by, also where the film begins with a still. */
const FIRST_TIMES = 3000;
/** Longest that the last packet of a track is believed to last: beside others, and of a track that is alone, such as slides. */
const LONGEST_LAST_SECONDS = { beside: 10, alone: 600 } as const;

/** A packet that is said to last so much longer than until the next one is not believed. */
const UNTRUE_SECONDS = 1;

interface Counted {
  packets: number;
  readonly firstInFile: number;
  start: number;
  last: number;
  /** Seconds that the last one is said to last. */
  lasts: number;
  /** The packet before in the file: when it is decoded, and how long it is said to last. */
  before: Pick<Packet, 'decoded' | 'duration'>;
  /** How many are said to last longer than until the next one; more than half where the header's rate is wrong. */
  untrue: number;
  readonly first: number[];
}

/** Counts packets in the order of the file. Which clock holds is known at the end, with the name of the container. */
export function packetCounter(): { take(packet: Packet): void; timesOf(formatName: string): PacketTimes } {
  const jumping = counterOn(jumpingClock());
  const running = counterOn(runningClock());
  return {
    take(packet) {
      jumping.take(packet);
      running.take(packet);
    },
    timesOf: (formatName) => (mayJump(formatName) ? jumping : running).times(),
  };
}

function counterOn(clock: FileClock): { take(packet: Packet): void; times(): PacketTimes } {
  const counted = new Map<number, Counted>();
  return {
    take(packet) {
      const shift = clock.shiftOf(packet.track, packet.decoded, packet.duration);
      if (!packet.isHidden) count(counted, packet, packet.shown + shift);
    },
    times() {
      const longest = counted.size > 1 ? LONGEST_LAST_SECONDS.beside : LONGEST_LAST_SECONDS.alone;
      const tracks = [...counted].map(([track, one]): [number, TrackTimes] => [
        track,
        {
          packets: one.packets,
          firstInFile: one.firstInFile,
          startSeconds: one.start,
          lastSeconds: one.last,
          endSeconds: one.last + (one.untrue * 2 > one.packets ? 0 : Math.min(one.lasts, longest)),
          first: one.first.toSorted((a, b) => a - b),
          jumpsBefore: clock.jumpsBefore(track),
        },
      ]);
      return { tracks: new Map(tracks), jumps: clock.jumps };
    },
  };
}

function count(counted: Map<number, Counted>, packet: Packet, time: number): void {
  const { track, shown, decoded, duration } = packet;
  const known = counted.get(track);
  if (known === undefined) {
    counted.set(track, {
      packets: 1,
      firstInFile: shown,
      start: time,
      last: time,
      lasts: duration,
      before: packet,
      untrue: 0,
      first: [time],
    });
    return;
  }
  known.packets += 1;
  if (known.before.duration > decoded - known.before.decoded + UNTRUE_SECONDS) known.untrue += 1;
  known.before = packet;
  known.start = Math.min(known.start, time);
  if (time >= known.last) {
    known.last = time;
    // the packet before a jump is said to last until the next one
    known.lasts = duration;
  }
  if (known.first.length < FIRST_TIMES) known.first.push(time);
}
