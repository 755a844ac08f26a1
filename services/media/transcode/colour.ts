/**
 * Colours, from what a file says to what every rendition says of itself. What is coded in a usual matrix keeps it, and is
 * tagged; RGB becomes BT.709; HDR is tone-mapped to BT.709, because browsers and phones without HDR show it grey.
 */
import type { SampledFrame, TrackHeader } from './track.ts';
import { UnusableVideo } from './unusable-video.ts';

/** How the numbers of a picture are to be read. */
export interface ColourTags {
  readonly matrix: string;
  readonly primaries: string;
  readonly transfer: string;
  readonly range: 'tv' | 'pc';
}

/** The colours of a film: as they are coded, and as its renditions are. */
export interface ColourPlan {
  readonly source: ColourTags;
  readonly made: ColourTags;
  readonly isHdr: boolean;
  readonly isRgb: boolean;
}

const MATRICES = ['bt709', 'smpte170m', 'bt470bg', 'fcc', 'smpte240m', 'bt2020nc'];
const HDR_TRANSFERS = ['smpte2084', 'arib-std-b67'];
const BT709 = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', range: 'tv' } as const;
const UNSAID = [undefined, 'unknown', 'reserved', 'unspecified'];
const RGB_FORMATS = /^(0?rgb|0?bgr|argb|abgr|x2rgb|x2bgr|gbr|pal8)/;
/** White of SDR in HDR, in cd/m² (ITU-R BT.2408). */
const HDR_WHITE = 203;
/** Brightest light of most HDR films, in cd/m². */
const HDR_PEAK = 1000;

/**
 * Throws an {@link UnusableVideo} for Dolby Vision that only its own players can show: without the data that come with each
 * picture, which ffmpeg cannot apply, its colours are green and violet.
 */
export function checkColours({ side_data_list: data = [] }: TrackHeader): void {
  const vision = data.find(({ dv_profile: profile }) => profile !== undefined);
  const isAlone = vision?.dv_profile === 5 || (vision?.dv_profile === 10 && vision.dv_bl_signal_compatibility_id === 0);
  if (!isAlone) return;
  const words = `The picture is in Dolby Vision profile ${vision.dv_profile}, which only its own players can show. Export it as HDR10, HLG or standard colours.`;
  throw new UnusableVideo('unsupported_format', words);
}

/** Reads the colours of a picture from its first frame, else from its header, else from its size as players do. */
export function colourPlan(header: TrackHeader, frame: SampledFrame | undefined): ColourPlan {
  const format = frame?.pix_fmt ?? header.pix_fmt ?? '';
  const isRgb = RGB_FORMATS.test(format);
  const said = (name: keyof ColourFields): string | undefined =>
    [frame?.[name], header[name]].find((value) => !UNSAID.includes(value));
  const transfer = said('color_transfer') ?? 'bt709';
  const isHdr = HDR_TRANSFERS.includes(transfer);
  const matrix = said('color_space');
  const source: ColourTags = {
    matrix: matrixOf(matrix, isHdr, header),
    primaries: said('color_primaries') ?? (isHdr ? 'bt2020' : 'bt709'),
    transfer,
    range: isRgb || format.startsWith('yuvj') || said('color_range') === 'pc' ? 'pc' : 'tv',
  };
  const made: ColourTags = isHdr ? BT709 : { ...source, range: 'tv', ...(isRgb ? { matrix: 'bt709' } : {}) };
  return { source, made, isHdr, isRgb };
}

type ColourFields = Pick<SampledFrame, 'color_range' | 'color_space' | 'color_primaries' | 'color_transfer'>;

function matrixOf(said: string | undefined, isHdr: boolean, { width = 0, height = 0 }: TrackHeader): string {
  if (said !== undefined && MATRICES.includes(said)) return said;
  if (said === 'bt2020c' || isHdr) return 'bt2020nc';
  return width >= 1280 || height > 576 ? 'bt709' : 'smpte170m';
}

/** Options of the scale filter that bring a picture to the range of the renditions, and RGB to their matrix. */
export function scaleColours({ source, made, isHdr, isRgb }: ColourPlan): string {
  if (isHdr) return '';
  const matrices = isRgb
    ? ':out_color_matrix=bt709'
    : `:in_color_matrix=${scaleName(source.matrix)}:out_color_matrix=${scaleName(made.matrix)}`;
  return `${matrices}:in_range=${source.range}:out_range=${made.range}`;
}

/** Filters after scaling, up to 8-bit pictures that say what they are. */
export function colourFilters({ source, made, isHdr }: ColourPlan): string[] {
  const { matrix, primaries, transfer, range } = made;
  const tags = `setparams=range=${range}:colorspace=${matrix}:color_primaries=${primaries}:color_trc=${transfer}`;
  if (!isHdr) return ['format=yuv420p', tags];
  const read = `tin=${source.transfer}:min=${source.matrix}:pin=${source.primaries}:rin=${source.range}`;
  return [
    'format=yuv420p10le',
    `zscale=${read}:t=linear:p=bt709:npl=${HDR_WHITE}`,
    'format=gbrpf32le',
    `tonemap=mobius:param=0.6:desat=0:peak=${(HDR_PEAK / HDR_WHITE).toFixed(2)}`,
    // browsers show BT.709 by the curve of sRGB
    'zscale=t=iec61966-2-1:m=bt709:p=bt709:r=tv',
    'format=yuv420p',
    tags,
  ];
}

/** Options of the scale filter that make a picture of renditions one of a JPEG file, which is always BT.601 in full range. */
export function jpegColours({ made }: ColourPlan): string {
  return `in_color_matrix=${scaleName(made.matrix)}:in_range=tv:out_color_matrix=bt601:out_range=pc`;
}

/** The name under which the scale filter knows a matrix. */
function scaleName(matrix: string): string {
  return matrix === 'bt2020nc' ? 'bt2020' : matrix === 'bt470bg' ? 'bt470' : matrix;
}
