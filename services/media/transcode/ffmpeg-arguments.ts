import type { FilmPlan } from './film-plan.ts';
import { pictureGraph, soundGraph } from './filter-graph.ts';
import { inputOptions } from './input-options.ts';
import type { PlannedRendition } from './ladder.ts';
import { CANDIDATE_FILES, POINTS_FILE } from './poster.ts';

/** Seconds of a segment; also the distance of key frames, so that all renditions are cut at the same places. */
export const SEGMENT_SECONDS = 4;
/** Pictures a second below which two of them last noticeably. */
const FEW_PER_SECOND = 12;
const AUDIO_KILOBITS_PER_SECOND = 128;

/** How the transcoder is called. */
export interface TranscodeSettings {
  readonly threads: number;
  readonly timeoutSeconds: number;
}

/**
 * Arguments that make all renditions and the candidates of the poster in one pass, with their playlists, in the folder in
 * which ffmpeg runs. Rates are capped (`-maxrate` with `-bufsize`), so that the master playlist announces true figures.
 */
export function transcodeArguments(file: string, plan: FilmPlan, settings: TranscodeSettings): string[] {
  const hasSound = plan.sound !== undefined;
  const length = ['-t', plan.seconds.toFixed(6)];
  return [
    ...['-hide_banner', '-nostdin', '-v', 'level+verbose', '-nostats', '-progress', 'pipe:1', '-y'],
    ...['-timelimit', String(Math.ceil(settings.timeoutSeconds * 2)), '-filter_complex_threads', '1'],
    ...['-threads', String(settings.threads), ...inputOptions()],
    // the plan turns pictures, closes jumps where ffmpeg does not, and fits pictures whose size changes
    ...['-noautorotate', '-dts_error_threshold', '1000000000', '-reinit_filter:v', '0'],
    ...['-i', `file:${file}`, '-filter_complex', pictureGraph(plan)],
    // a graph of its own, which is made again when the channels of the sound change
    ...(plan.sound === undefined ? [] : ['-filter_complex', soundGraph(plan, plan.sound)]),
    ...plan.renditions.flatMap((rendition, i) => outputArguments(rendition, i, hasSound)),
    // players count the pictures that are decoded ahead into the length
    ...(plan.picture.rate.perSecond < FEW_PER_SECOND ? ['-bf', '0'] : []),
    ...['-threads', String(settings.threads), '-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn', ...length],
    ...['-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod', '-hls_list_size', '0'],
    ...['-hls_flags', 'independent_segments', '-hls_segment_filename', '%v/segment-%05d.ts'],
    ...['-master_pl_name', 'master.m3u8', '-var_stream_map', streamMap(plan.renditions, hasSound), '%v/index.m3u8'],
    ...['-map', '[poster]', '-fps_mode', 'passthrough', '-map_metadata', '-1', '-c:v', 'mjpeg', '-q:v', '3'],
    ...['-threads', '1', '-f', 'image2', CANDIDATE_FILES],
    ...['-map', '[points]', '-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-f', 'rawvideo', POINTS_FILE],
  ];
}

function outputArguments({ kilobitsPerSecond: rate }: PlannedRendition, i: number, hasSound: boolean): string[] {
  const picture = [
    ...['-map', `[picture${i}]`, `-c:v:${i}`, 'libx264', `-preset:v:${i}`, 'veryfast', `-profile:v:${i}`, 'main'],
    ...[`-b:v:${i}`, `${rate}k`, `-maxrate:v:${i}`, `${rate}k`, `-bufsize:v:${i}`, `${rate * 2}k`],
    ...[`-force_key_frames:v:${i}`, `expr:gte(t,n_forced*${SEGMENT_SECONDS})`, `-sc_threshold:v:${i}`, '0'],
  ];
  if (!hasSound) return picture;
  const sound = ['-map', `[sound${i}]`, `-c:a:${i}`, 'aac', `-b:a:${i}`, `${AUDIO_KILOBITS_PER_SECOND}k`];
  return [...picture, ...sound, `-ac:a:${i}`, '2', `-ar:a:${i}`, '48000'];
}

function streamMap(renditions: readonly PlannedRendition[], hasSound: boolean): string {
  return renditions.map(({ name }, i) => `v:${i}${hasSound ? `,a:${i}` : ''},name:${name}`).join(' ');
}
