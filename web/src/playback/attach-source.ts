/**
 * Brings the bytes of a video to a media element: HLS by hls.js where the browser has media sources, else the browser's own
 * HLS, else the original by ranges.
 */
import type { Playback } from '#contracts';
import Hls, { ErrorTypes, Events, type ErrorData, type Level } from 'hls.js';

/** A quality that can be chosen. */
export interface Quality {
  /** Its place among the levels; -1 lets the player choose. */
  readonly level: number;
  readonly label: string;
}

/** What an attached source tells. */
export interface SourceListener {
  /** Qualities that can be chosen, the best first; empty when there is no choice. */
  qualities(list: readonly Quality[]): void;
  /** The level that is played now. */
  playing(level: number): void;
  /** Nothing can be played. */
  failed(): void;
}

/** A source that is attached to an element. */
export interface AttachedSource {
  choose(level: number): void;
  detach(): void;
}

/** Bits per second that are believed until something is measured: enough for a picture that is not blurred. */
const FIRST_GUESS_BITS = 3_000_000;
/** How often a fatal fault is mended before it is told. */
const REPAIRS = 3;

/** Attaches a source; `startSeconds` is where it will be played from. */
export function attachSource(
  video: HTMLVideoElement,
  playback: Playback,
  startSeconds: number,
  tell: SourceListener,
): AttachedSource {
  return Hls.isSupported()
    ? attachHls(video, playback, startSeconds, tell)
    : attachNatively(video, playback, startSeconds, tell);
}

function attachHls(
  video: HTMLVideoElement,
  playback: Playback,
  startSeconds: number,
  tell: SourceListener,
): AttachedSource {
  const hls = new Hls({
    startPosition: startSeconds,
    capLevelToPlayerSize: true,
    abrEwmaDefaultEstimate: FIRST_GUESS_BITS,
  });
  let repairs = 0;
  hls.on(Events.MANIFEST_PARSED, (_, { levels }) => tell.qualities(qualitiesOf(levels)));
  hls.on(Events.LEVEL_SWITCHED, (_, { level }) => tell.playing(level));
  hls.on(Events.FRAG_BUFFERED, () => (repairs = 0));
  hls.on(Events.ERROR, (_, error) => {
    if (!error.fatal) return;
    repairs += 1;
    if (repairs > REPAIRS || !repair(hls, error)) tell.failed();
  });
  hls.loadSource(playback.masterUrl);
  hls.attachMedia(video);
  return {
    choose(level) {
      hls.nextLevel = level;
      // what was chosen is meant, whatever the size of the player
      hls.autoLevelCapping = -1;
    },
    detach: () => hls.destroy(),
  };
}

function repair(hls: Hls, error: ErrorData): boolean {
  if (error.type === ErrorTypes.MEDIA_ERROR) {
    hls.recoverMediaError();
    return true;
  }
  // hls.js has tried the network again and again by then; without a playlist there is nothing to go on with
  if (error.type !== ErrorTypes.NETWORK_ERROR || hls.levels.length === 0) return false;
  hls.startLoad();
  return true;
}

function qualitiesOf(levels: readonly Level[]): readonly Quality[] {
  if (levels.length < 2) return levels.map((level, index) => ({ level: index, label: labelOf(level) }));
  const all = levels.map((level, index) => ({ level: index, label: labelOf(level), rate: level.bitrate }));
  return [...all].sort((one, other) => other.rate - one.rate).map(({ level, label }) => ({ level, label }));
}

function labelOf({ height, width, bitrate }: Level): string {
  const lines = Math.min(height, width) || height;
  return lines ? `${lines}p` : `${Math.round(bitrate / 1000)} kbit/s`;
}

function attachNatively(
  video: HTMLVideoElement,
  playback: Playback,
  startSeconds: number,
  tell: SourceListener,
): AttachedSource {
  const own = video.canPlayType('application/vnd.apple.mpegurl') === '' ? [] : [playback.masterUrl];
  const sources = [...own, playback.originalUrl];
  const next = (): void => {
    const source = sources.shift();
    if (source === undefined) return tell.failed();
    video.src = startSeconds > 0 ? `${source}#t=${startSeconds}` : source;
  };
  video.addEventListener('error', next);
  tell.qualities([]);
  next();
  return {
    choose: () => undefined,
    detach() {
      video.removeEventListener('error', next);
      video.removeAttribute('src');
      video.load();
    },
  };
}
