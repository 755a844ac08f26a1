/**
 * The clock of a file, mended. Recordings that were joined, and cameras that were paused, jump: by hours, or back. A jump of
 * all tracks together is closed up; one track that begins late or pauses alone keeps its place.
 *
 * ffmpeg closes jumps by itself in containers whose clock may jump (broadcast streams), packet by packet; {@link jumpingClock}
 * reckons the same way there. In all others it believes each time, so a filter closes them ({@link clockFilter}).
 */

/** A place where a clock ran on with nothing recorded, or went back. */
export interface ClockJump {
  /** First time after the jump, in seconds of the file. */
  readonly atSeconds: number;
  /** Seconds that the clock ran on; below zero where it went back. */
  readonly gapSeconds: number;
}

/** Reckons mended times of packets in the order of the file. */
export interface FileClock {
  /** Seconds to add to the times of this packet. */
  shiftOf(track: number, seconds: number, durationSeconds: number): number;
  /** Jumps that a filter is to close; none where ffmpeg does. */
  readonly jumps: readonly ClockJump[];
  /** How many of the jumps come before the first packet of a track. */
  jumpsBefore(track: number): number;
}

/** Containers in which ffmpeg closes jumps. */
const JUMPING = ['mpegts', 'mpeg', 'ogg'];
/** Seconds forward that are no pause but a jump; ffmpeg's own limit. */
const JUMP_SECONDS = 10;
/** Longest pause of a track that goes on alone. */
const LONE_PAUSE_SECONDS = 600;
/** Seconds back that are a jump: in broadcast streams, and in other files, whose tracks are looked at one by one. */
const STEP_BACK_SECONDS = { broadcast: 0.1, other: 1 } as const;
/** Seconds that a packet lasts at most; longer ones are believed to be jumps. */
const LONGEST_PACKET_SECONDS = 1;
/** More jumps than this are left as they are. */
const MOST_JUMPS = 100;

/** Whether ffmpeg closes the jumps of a container by itself. */
export function mayJump(formatName: string): boolean {
  return formatName.split(',').some((name) => JUMPING.includes(name));
}

/** The clock of a container in which ffmpeg closes jumps. */
export function jumpingClock(): FileClock {
  const expected = new Map<number, number>();
  let shift = 0;
  let last: number | undefined;
  return {
    jumps: [],
    jumpsBefore: () => 0,
    shiftOf(track, seconds, durationSeconds) {
      const due = expected.get(track) ?? last;
      const early = expected.has(track) ? STEP_BACK_SECONDS.broadcast : JUMP_SECONDS;
      const ahead = due === undefined ? 0 : seconds + shift - due;
      if (ahead > JUMP_SECONDS || ahead < -early) shift -= ahead;
      last = seconds + shift;
      expected.set(track, last + durationSeconds);
      return shift;
    },
  };
}

/** The clock of any other container. */
export function runningClock(): FileClock {
  const jumps: ClockJump[] = [];
  const tracks = new Map<number, { readonly first: number; passed: number; last: number }>();
  /** End of what came since the last jump. */
  let latest: number | undefined;

  function jump(seconds: number): void {
    jumps.push({ atSeconds: seconds, gapSeconds: seconds - (latest ?? seconds) });
    latest = seconds;
  }

  return {
    jumps,
    jumpsBefore: (track) => tracks.get(track)?.first ?? 0,
    shiftOf(track, seconds, durationSeconds) {
      // one track alone may pause: a screen on which nothing happens, a slide
      const beside = [...tracks.values()].filter(({ last }) => (latest ?? last) - last < JUMP_SECONDS).length;
      const most = beside > 1 ? JUMP_SECONDS : LONE_PAUSE_SECONDS;
      const isAhead = latest !== undefined && seconds - latest > most && jumps.length < MOST_JUMPS;
      const known = tracks.get(track) ?? { first: jumps.length, passed: jumps.length, last: seconds };
      const isBack = seconds < known.last - STEP_BACK_SECONDS.other && jumps.length < MOST_JUMPS;
      if (known.passed === jumps.length && (isAhead || isBack)) jump(seconds);
      const next = jumps[known.passed];
      if (next !== undefined && (isBack || (next.gapSeconds > 0 && seconds >= turnOf(next)))) known.passed += 1;
      // a packet that lasts longer than it may is one before a jump
      const end = seconds + (durationSeconds > LONGEST_PACKET_SECONDS ? 0 : durationSeconds);
      if (known.passed === jumps.length) latest = Math.max(latest ?? seconds, end);
      known.last = seconds;
      tracks.set(track, known);
      return -gapsOf(jumps.slice(0, known.passed));
    },
  };
}

/** Seconds of all gaps together. */
export function gapsOf(jumps: readonly ClockJump[]): number {
  return jumps.reduce((sum, { gapSeconds }) => sum + gapSeconds, 0);
}

/** A time inside the gap of a jump: all of the file is clearly before or after it. */
function turnOf({ atSeconds, gapSeconds }: ClockJump): number {
  return atSeconds - gapSeconds / 2;
}

/**
 * A filter that lets a track begin at `startSeconds` and closes jumps, after `passed` of them. It counts in a variable which
 * ones it has passed: where the clock went back, a time alone does not tell.
 */
export function clockFilter(
  filter: 'setpts' | 'asetpts',
  startSeconds: number,
  { jumps, passed }: { readonly jumps: readonly ClockJump[]; readonly passed: number },
): string[] {
  if (Math.abs(startSeconds) < 0.0005 && jumps.length === 0) return [];
  const coming = jumps.slice(passed);
  const start = (startSeconds + gapsOf(jumps.slice(0, passed))).toFixed(6);
  if (coming.length === 0) return [`${filter}='PTS-(${start})/TB'`];
  const turns = coming.map((jump, i) => `eq(ld(0),${i})*${turnTest(jump)}`).join('+');
  const gaps = coming.map(({ gapSeconds }, i) => `+gt(ld(0),${i})*(${gapSeconds.toFixed(6)})`).join('');
  return [`${filter}='0*st(0,ld(0)+${turns})+PTS-(${start}${gaps})/TB'`];
}

function turnTest(jump: ClockJump): string {
  if (jump.gapSeconds > 0) return `gte(T,${turnOf(jump).toFixed(3)})`;
  return `lt(T,PREV_INT-${STEP_BACK_SECONDS.other / 2})`;
}
