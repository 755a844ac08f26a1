/** Films of the kinds that people upload, as arguments of ffmpeg: three sizes, each with a plain one as its measure. */
import { HDR10_TAGS } from '../../test/services/media/drawn-film.ts';

/** A film to measure. */
export interface Recipe {
  readonly name: string;
  /** File that ffmpeg makes. */
  readonly file: string;
  readonly args: readonly string[];
  /** The plain film of the same source size; undefined where it is one itself. */
  readonly plain?: string;
  /** How many times the CPU of the plain film it may take. @default 3 */
  readonly atMost?: number;
  /** Whether the transcoder before could make it too, so that both are compared. */
  readonly isOrdinary?: boolean;
}

const SECONDS = '3';
const sound = ['-f', 'lavfi', '-i', `sine=d=${SECONDS}`];
const picture = (size: string, rate = '30', more = ''): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${SECONDS}${more}`],
];
const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
const hevc = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', '-c:a', 'aac'];
const fields = ',tinterlace=interleave_top';

/** The films, plain ones first. */
export const RECIPES: readonly Recipe[] = [
  { name: '360p plain', file: 'plain.mp4', args: [...picture('640x360'), ...sound, ...h264], isOrdinary: true },
  { name: '1080p plain', file: 'plain1080.mp4', args: [...picture('1920x1080'), ...sound, ...h264], isOrdinary: true },
  { name: '4K plain', file: 'plain4k.mp4', args: [...picture('3840x2160'), ...sound, ...h264], isOrdinary: true },
  ...of('360p plain', [
    { name: 'upright', file: 'upright.mp4', args: [...picture('360x640'), ...sound, ...h264], isOrdinary: true },
    { name: 'no sound', file: 'silent.mp4', args: [...picture('640x360'), ...h264], isOrdinary: true },
    { name: 'WebM', file: 'web.webm', args: [...picture('640x360'), ...sound, '-c:v', 'libvpx'], isOrdinary: true },
    {
      name: 'screen recording without a rate',
      file: 'screen.webm',
      args: [
        ...picture('640x360', '60', ",select='gt(random(2),0.6)',settb=1/1000,setpts='PTS+floor(random(1)*7)'"),
        ...[...sound, '-vsync', 'passthrough', '-enc_time_base', '1/1000', '-c:v', 'libvpx', '-deadline', 'realtime'],
      ],
    },
    { name: '240 pictures a second', file: 'fast.mp4', args: [...picture('640x360', '240'), ...sound, ...h264] },
    { name: 'one picture with sound', file: 'still.mp4', args: [...picture('640x360', '1/3'), ...sound, ...h264] },
    { name: 'HDR10', file: 'hdr.mp4', args: [...picture('640x360'), ...sound, ...hevc, ...HDR10_TAGS] },
    { name: 'RGB', file: 'rgb.mov', args: [...picture('640x360'), ...sound, '-c:v', 'qtrle'] },
    { name: 'WMV', file: 'film.wmv', args: [...picture('640x360'), ...sound, '-c:v', 'wmv2', '-b:v', '2M'] },
    { name: 'GIF', file: 'film.gif', args: picture('640x360', '25') },
    {
      name: 'interlaced (576 lines)',
      file: 'fields.mpg',
      args: [
        ...picture('720x576', '50', fields),
        ...sound,
        '-c:v',
        'mpeg2video',
        '-flags',
        '+ilme+ildct',
        '-b:v',
        '6M',
      ],
    },
  ]),
  ...of('1080p plain', [
    {
      name: 'interlaced',
      file: 'fields.ts',
      args: [...picture('1920x1080', '50', fields), ...sound, ...h264, '-flags', '+ilme+ildct'],
    },
    {
      name: 'interlaced without a mark',
      file: 'unmarked.mp4',
      args: [...picture('1920x1080', '50', `${fields},setfield=prog`), ...sound, ...h264],
    },
    { name: 'HDR10', file: 'hdr1080.mp4', args: [...picture('1920x1080'), ...sound, ...hevc, ...HDR10_TAGS] },
    { name: '120 pictures a second', file: 'fast1080.mp4', args: [...picture('1920x1080', '120'), ...sound, ...h264] },
  ]),
  ...of('4K plain', [
    {
      name: 'HDR10 by phone',
      file: 'hdr4k.mp4',
      args: [...picture('3840x2160'), ...sound, ...hevc, ...HDR10_TAGS],
      atMost: 5,
    },
  ]),
];

function of(plain: string, recipes: readonly Recipe[]): readonly Recipe[] {
  const [size = ''] = plain.split(' ');
  return recipes.map((recipe) => ({ ...recipe, plain, name: `${size} ${recipe.name}` }));
}
