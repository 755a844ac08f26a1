/**
 * The filters of ffmpeg that make pictures and sound of a plan. The order matters for cost: pictures that are too many are
 * dropped first, then all is made as small as the largest rendition, and the rest works on that.
 */
import { clockFilter } from './clock.ts';
import { colourFilters, jpegColours, scaleColours } from './colour.ts';
import type { FilmPlan, PicturePlan, SoundPlan } from './film-plan.ts';
import type { PlannedRendition } from './ladder.ts';
import { POINTS_SIDE, POSTER_CANDIDATES, POSTER_STEP_SECONDS } from './poster.ts';

/** Shapes that differ by less are the same; for pictures of few pixels, those that differ by 3 pixels. */
const SAME_SHAPE = 0.03;
/** A track that ends earlier by less needs no filling. */
const SHORT_SECONDS = 0.1;
/** A sound that begins later begins with silence. */
const LATE_SECONDS = 0.05;
/** The downmix to stereo knows layouts of up to eight channels; of more, the first two are taken. */
const MOST_CHANNELS = 8;

/** The graph of the picture: `[picture0]` … for the renditions, `[poster]` and `[points]` for the poster. */
export function pictureGraph(plan: FilmPlan): string {
  const { renditions } = plan;
  const largest = renditions.at(-1) ?? renditions[0];
  return [
    `[0:${plan.picture.track}]${pictureFilters(plan, largest).join(',')}[film]`,
    ...split(renditions, largest),
    ...stills(plan),
  ].join(';');
}

function pictureFilters(plan: FilmPlan, { width, height }: PlannedRendition): string[] {
  const { picture, seconds } = plan;
  const { orientation, colour } = picture;
  // the last picture stays as long as the length of the film says
  const rate = `fps=${picture.rate.text}:start_time=0:eof_action=pass`;
  const missing = seconds - picture.endSeconds;
  return [
    ...clockFilter('setpts', plan.startSeconds, { jumps: plan.jumps, passed: picture.jumpsBefore }),
    ...deinterlacing(picture),
    ...(picture.isThinned ? [rate] : []),
    ...(orientation.isUpended ? fit(height, width, scaleColours(colour)) : fit(width, height, scaleColours(colour))),
    ...colourFilters(colour),
    ...orientation.filters,
    ...(picture.isThinned ? [] : [rate]),
    ...(missing > SHORT_SECONDS ? [`tpad=stop_mode=clone:stop_duration=${missing.toFixed(3)}`] : []),
  ];
}

/** Makes whole pictures of fields. The filter takes one size alone, so a size that changes is scaled to the first. */
function deinterlacing({ interlacing, stored }: PicturePlan): string[] {
  if (interlacing === 'none') return [];
  const sameSize = `scale=${stored.width}:${stored.height}:interl=-1`;
  return [sameSize, ...(interlacing === 'unmarked' ? ['idet'] : []), 'bwdif=mode=send_frame:deint=interlaced'];
}

/** Fits pictures into a frame: one whose shape changes under way stands between bars. */
function fit(width: number, height: number, colours: string): string[] {
  const shape = width / height;
  const same = Math.max(SAME_SHAPE, 3 / Math.min(width, height)).toFixed(4);
  const isSame = `lt(abs(dar/${shape.toFixed(6)}-1),${same})`;
  const isWider = `gt(dar,${shape.toFixed(6)})`;
  const w = `if(${isSame}+${isWider},${width},max(2,2*trunc(${height}*dar/2)))`;
  const h = `if(${isSame},${height},if(${isWider},max(2,2*trunc(${width}/dar/2)),${height}))`;
  return [
    `scale=w='${w}':h='${h}':eval=frame${colours}`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:eval=frame`,
    'setsar=1',
  ];
}

/** Each rendition is made from the next larger one. */
function split(renditions: readonly PlannedRendition[], largest: PlannedRendition): string[] {
  const smaller = renditions
    .map((rendition, i) => ({ rendition, i }))
    .filter(({ rendition }) => rendition !== largest)
    .toReversed();
  const last = renditions.indexOf(largest);
  const first = `[film]split=${smaller.length > 0 ? 3 : 2}[picture${last}][stills]${smaller.length > 0 ? '[down0]' : ''}`;
  const steps = smaller.map(({ rendition: { width, height }, i }, step) => {
    const scaled = `[down${step}]scale=${width}:${height},setsar=1`;
    return step === smaller.length - 1 ? `${scaled}[picture${i}]` : `${scaled},split=2[picture${i}][down${step + 1}]`;
  });
  return [first, ...steps];
}

/** Candidates of the poster, and the points that tell how much of each is black. */
function stills({ seconds, picture }: FilmPlan): string[] {
  const every = Math.max(POSTER_STEP_SECONDS, seconds / POSTER_CANDIDATES).toFixed(3);
  const isNext = `isnan(prev_selected_t)+gte(t-prev_selected_t,${every})`;
  return [
    `[stills]select='lt(selected_n,${POSTER_CANDIDATES})*(${isNext})',split=2[chosen][seen]`,
    `[chosen]scale=${jpegColours(picture.colour)},format=yuvj420p[poster]`,
    `[seen]scale=${POINTS_SIDE}:${POINTS_SIDE}:flags=area,format=gray[points]`,
  ];
}

/** The graph of the sound: `[sound0]` … for the renditions. It may be made again in the middle of the film. */
export function soundGraph(plan: FilmPlan, { track, channels, startSeconds, jumpsBefore }: SoundPlan): string {
  const filters = [
    ...clockFilter('asetpts', plan.startSeconds, { jumps: plan.jumps, passed: jumpsBefore }),
    ...(channels > MOST_CHANNELS ? ['pan=stereo|c0=c0|c1=c1'] : []),
    // silence where the sound begins late, pauses or ends early, so that it keeps its place
    `aresample=async=1:min_hard_comp=0.05${startSeconds > LATE_SECONDS ? ':first_pts=0' : ''}`,
    `apad=whole_dur=${plan.seconds.toFixed(3)}`,
  ];
  const parts = plan.renditions.map((_, i) => `[sound${i}]`).join('');
  return `[0:${track}]${filters.join(',')},asplit=${plan.renditions.length}${parts}`;
}
