/**
 * The clock of a file, mended. Recordings that were joined, and cameras that were paused, jump: by hours, or back. A jump of
 * all tracks together is closed up; one track that begins late or pauses alone keeps its place.
 *
 * ffmpeg closes jumps by itself in containers whose clock may jump (broadcast streams), packet by packet; {@link fileClock}
 * reckons the same way there. In all others it believes each time, so jumps are closed by a filter ({@link mendedTime}).
 */

/** A place where a clock ran on with nothing recorded. */
export interface ClockJump {
  /** First time after the gap, in seconds of the file. */
  readonly atSeconds: number;
  readonly gapSeconds: number;
}

/** Reckons mended times of packets in the order of the file. */
export interface FileClock {
  /** Seconds to add to the times of this packet. */
  shiftOf(track: number, seconds: number, durationSeconds: number): number;
  /** Jumps that a filter is to close; none where ffmpeg does. */
  readonly jumps: readonly ClockJump[];
}

/** Containers in which ffmpeg closes jumps. */
const JUMPING = ['mpegts', 'mpeg', 'ogg'];
/** Seconds forward that are no pause but a jump; ffmpeg's own limit. */
const JUMP_SECONDS = 10;
/** Seconds back that are a jump. */
const STEP_BACK_SECONDS = 0.1;
/** More jumps than this are left as they are. */
const MOST_JUMPS = 100;

/** The clock of a container. */
export function fileClock(formatName: string): FileClock {
  return formatName.split(',').some((name) => JUMPING.includes(name)) ? jumpingClock() : runningClock();
}

function jumpingClock(): FileClock {
  const expected = new Map<number, number>();
  let shift = 0;
  let last: number | undefined;
  return {
    jumps: [],
    shiftOf(track, seconds, durationSeconds) {
      const due = expected.get(track) ?? last;
      const early = expected.has(track) ? STEP_BACK_SECONDS : JUMP_SECONDS;
      const ahead = due === undefined ? 0 : seconds + shift - due;
      if (ahead > JUMP_SECONDS || ahead < -early) shift -= ahead;
      last = seconds + shift;
      expected.set(track, last + durationSeconds);
      return shift;
    },
  };
}

function runningClock(): FileClock {
  const jumps: ClockJump[] = [];
  let latest: number | undefined;
  return {
    jumps,
    shiftOf(_track, seconds, durationSeconds) {
      const gapSeconds = latest === undefined ? 0 : seconds - latest;
      if (gapSeconds > JUMP_SECONDS && jumps.length < MOST_JUMPS) jumps.push({ atSeconds: seconds, gapSeconds });
      latest = Math.max(latest ?? seconds, seconds + Math.min(durationSeconds, 1));
      return mendedTime(jumps, seconds) - seconds;
    },
  };
}

/** A time of the file without the jumps before it. */
export function mendedTime(jumps: readonly ClockJump[], seconds: number): number {
  const passed = jumps.filter((jump) => seconds >= turnOf(jump));
  return passed.reduce((time, { gapSeconds }) => time - gapSeconds, seconds);
}

/** A time inside the gap of a jump: all of the file is clearly before or after it. */
export function turnOf({ atSeconds, gapSeconds }: ClockJump): number {
  return atSeconds - gapSeconds / 2;
}
