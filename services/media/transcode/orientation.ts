/**
 * How a picture is turned before it is shown. The display matrix of a track says it; its upper left 2 × 2 part is one of
 * eight for what cameras write. The picture is turned after it was made smaller, which is cheaper.
 */
import type { TrackHeader } from './track.ts';

/** One of the eight ways to lay down a rectangle. */
export interface Orientation {
  /** Whether width and height change places. */
  readonly isUpended: boolean;
  /** Filters that turn the picture. */
  readonly filters: readonly string[];
}

const AS_STORED: Orientation = { isUpended: false, filters: [] };

/** By the signs of a, b, c, d of the display matrix. */
const BY_MATRIX: Readonly<Record<string, Orientation>> = {
  '1,0,0,1': AS_STORED,
  '0,1,-1,0': { isUpended: true, filters: ['transpose=clock'] },
  '-1,0,0,-1': { isUpended: false, filters: ['hflip', 'vflip'] },
  '0,-1,1,0': { isUpended: true, filters: ['transpose=cclock'] },
  '-1,0,0,1': { isUpended: false, filters: ['hflip'] },
  '1,0,0,-1': { isUpended: false, filters: ['vflip'] },
  '0,1,1,0': { isUpended: true, filters: ['transpose=cclock_flip'] },
  '0,-1,-1,0': { isUpended: true, filters: ['transpose=clock_flip'] },
};

/** How the picture of a track is turned; as stored if the matrix is not one of the eight. */
export function orientationOf(header: TrackHeader): Orientation {
  const matrix = header.side_data_list?.find((data) => data.displaymatrix !== undefined)?.displaymatrix;
  return (matrix === undefined ? undefined : BY_MATRIX[signsOf(matrix)]) ?? AS_STORED;
}

/** The signs of a, b, c, d in ffprobe's print of a matrix: three lines of a line number and three numbers. */
function signsOf(print: string): string {
  const [first = [], second = []] = print
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => (line.split(':')[1] ?? '').trim().split(/\s+/).map(Number));
  const values = [first[0], first[1], second[0], second[1]].map((value) => value ?? 0);
  const largest = Math.max(...values.map(Math.abs));
  // slightly crooked is straight
  return values.map((value) => (Math.abs(value) < largest / 100 ? 0 : Math.sign(value))).join(',');
}
