/** Counts the seconds that are really played, and says them in beats; a jump, a stall and a pause count nothing. */
import { BEAT_INTERVAL_SECONDS, type Beat } from '#contracts';

/** Longest time in seconds between two looks at a playing video that is believed; a page in the background looks rarely. */
const LONGEST_LOOK_SECONDS = 3;
/** Seconds by which position and clock may differ although nothing jumped. */
const SLACK_SECONDS = 0.3;

/** What a player is at. */
export interface PlayerMoment {
  readonly positionSeconds: number;
  /** How fast it plays; 1 is as recorded. */
  readonly rate: number;
  readonly playing: boolean;
  readonly nowMs: number;
}

/** Counts what is played. */
export interface BeatMeter {
  /** Takes in what the player is at; called each time that its position changes. */
  look(moment: PlayerMoment): void;
  /** Says what was not said yet, as when the player stops or the page is left. */
  flush(): void;
}

/** Makes the meter of one playback. */
export function beatMeter(playbackId: string, say: (beat: Beat) => void): BeatMeter {
  let last: PlayerMoment | undefined;
  let watched = 0;
  let sequence = 0;

  function flush(): void {
    if (last === undefined || watched < 0.1) return;
    const watchedSeconds = Math.min(60, Math.round(watched * 100) / 100);
    say({ playbackId, sequence, watchedSeconds, positionSeconds: Math.max(0, last.positionSeconds) });
    sequence += 1;
    watched = 0;
  }

  return {
    look(moment) {
      if (last?.playing) watched += playedBetween(last, moment);
      last = moment;
      if (watched >= BEAT_INTERVAL_SECONDS) flush();
    },
    flush,
  };
}

function playedBetween(last: PlayerMoment, now: PlayerMoment): number {
  const clock = Math.min(LONGEST_LOOK_SECONDS, (now.nowMs - last.nowMs) / 1000);
  const moved = (now.positionSeconds - last.positionSeconds) / last.rate;
  if (moved <= 0 || moved > clock + SLACK_SECONDS) return 0;
  return Math.min(moved, clock);
}
