import { MOST_PIXELS, MOST_TRACKS } from './bounds.ts';

/** Containers that are accepted, as ffmpeg calls them. */
export const FORMAT_WHITELIST = [
  ...['mov', 'mp4', 'm4a', '3gp', '3g2', 'mj2', 'matroska', 'webm', 'avi', 'mpegts', 'mpeg', 'mpegvideo', 'flv', 'ogg'],
  ...['asf', 'mxf', 'gif', 'dv', 'h264', 'hevc'],
].join(',');

/** How much is read to learn of tracks that the header does not describe, such as a picture that begins after a minute. */
const LOOK_BYTES = 100_000_000;
const LOOK_MICROSECONDS = 180_000_000;
/** How many times too large a picture may be for its size to be read, so that its owner can be told it. */
const READABLE = 4;

/**
 * Options before an input file, the same for ffprobe and ffmpeg, so that both see the same tracks: nothing but local files
 * of known containers is opened, and bounds hold before a decoder is.
 */
export function inputOptions(): string[] {
  return [
    ...['-protocol_whitelist', 'file', '-format_whitelist', FORMAT_WHITELIST],
    ...['-probesize', String(LOOK_BYTES), '-analyzeduration', String(LOOK_MICROSECONDS)],
    ...['-max_streams', String(MOST_TRACKS), '-max_pixels', String(MOST_PIXELS * READABLE), '-fflags', '+genpts'],
  ];
}
