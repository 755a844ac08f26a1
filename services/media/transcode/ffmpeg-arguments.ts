import type { PlannedRendition } from './ladder.ts';
import { inputGuards, type ProbedVideo } from './probe.ts';

/** Seconds of a segment; also the distance of key frames, so that all renditions are cut at the same places. */
export const SEGMENT_SECONDS = 4;
const AUDIO_KILOBITS_PER_SECOND = 128;
const MOST_FRAMES_PER_SECOND = 60;
const POSTER_WIDTH = 1280;

/** How the transcoder is called. */
export interface TranscodeSettings {
  readonly threads: number;
  readonly timeoutSeconds: number;
}

/**
 * Arguments that make all renditions in one pass, with their playlists, in the folder in which ffmpeg runs. Rates are
 * capped (`-maxrate` with `-bufsize`), so that the master playlist announces true figures.
 */
export function transcodeArguments(
  file: string,
  video: ProbedVideo,
  renditions: readonly PlannedRendition[],
  settings: TranscodeSettings,
): string[] {
  const { hasAudio } = video;
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error', '-nostats', '-progress', 'pipe:1', '-y'],
    ...['-timelimit', String(Math.ceil(settings.timeoutSeconds * 2)), '-filter_complex_threads', '1'],
    ...['-threads', String(settings.threads), ...inputGuards(), '-i', `file:${file}`],
    ...['-filter_complex', scalingGraph(video, renditions)],
    ...renditions.flatMap((rendition, i) => outputArguments(rendition, i, hasAudio)),
    ...['-threads', String(settings.threads), '-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn'],
    ...['-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod', '-hls_list_size', '0'],
    ...['-hls_flags', 'independent_segments', '-hls_segment_filename', '%v/segment-%05d.ts'],
    ...['-master_pl_name', 'master.m3u8', '-var_stream_map', streamMap(renditions, hasAudio), '%v/index.m3u8'],
  ];
}

/** Arguments that make the poster from a picture near the start. */
export function posterArguments(file: string, video: ProbedVideo, settings: TranscodeSettings): string[] {
  const at = Math.min(video.durationSeconds * 0.1, 10).toFixed(3);
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error', '-y', '-threads', String(settings.threads), '-ss', at],
    ...[...inputGuards(), '-i', `file:${file}`, '-frames:v', '1', '-map', '0:v:0', '-map_metadata', '-1'],
    ...['-vf', `scale='min(${POSTER_WIDTH},iw*sar)':-2,setsar=1`, '-q:v', '4', '-f', 'image2', '-update', '1'],
    'poster.jpg',
  ];
}

function scalingGraph(video: ProbedVideo, renditions: readonly PlannedRendition[]): string {
  const rate = video.framesPerSecond > MOST_FRAMES_PER_SECOND ? `fps=${MOST_FRAMES_PER_SECOND},` : '';
  const parts = renditions.map((_, i) => `[part${i}]`).join('');
  const scalers = renditions.map(
    ({ width, height }, i) => `[part${i}]scale=${width}:${height},setsar=1,format=yuv420p[picture${i}]`,
  );
  return [`[0:v:0]${rate}split=${renditions.length}${parts}`, ...scalers].join(';');
}

function outputArguments({ kilobitsPerSecond: rate }: PlannedRendition, i: number, hasAudio: boolean): string[] {
  const picture = [
    ...['-map', `[picture${i}]`, `-c:v:${i}`, 'libx264', `-preset:v:${i}`, 'veryfast', `-profile:v:${i}`, 'main'],
    ...[`-b:v:${i}`, `${rate}k`, `-maxrate:v:${i}`, `${rate}k`, `-bufsize:v:${i}`, `${rate * 2}k`],
    ...[`-force_key_frames:v:${i}`, `expr:gte(t,n_forced*${SEGMENT_SECONDS})`, `-sc_threshold:v:${i}`, '0'],
  ];
  if (!hasAudio) return picture;
  const sound = ['-map', '0:a:0', `-c:a:${i}`, 'aac', `-b:a:${i}`, `${AUDIO_KILOBITS_PER_SECOND}k`];
  return [...picture, ...sound, `-ac:a:${i}`, '2', `-ar:a:${i}`, '48000'];
}

function streamMap(renditions: readonly PlannedRendition[], hasAudio: boolean): string {
  return renditions.map(({ name }, i) => `v:${i}${hasAudio ? `,a:${i}` : ''},name:${name}`).join(' ');
}
