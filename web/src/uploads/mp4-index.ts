/**
 * Whether an MP4 or QuickTime file lacks its index (`moov`), without which nobody can read it: what a camera leaves whose
 * battery ran out. Only the headers of the outermost boxes are read, so the size of the file does not matter.
 */

/** Types with which such a file begins. */
const FIRST = ['ftyp', 'wide', 'mdat', 'free', 'skip', 'pnot'];
const HEADER_BYTES = 16;
/** After so many boxes without one that tells, the server has to look. */
const MOST_BOXES = 64;

/** True when all outermost boxes were seen and none is the index. */
export async function lacksIndex(file: Blob): Promise<boolean> {
  let at = 0;
  for (let box = 0; box < MOST_BOXES && at < file.size; box += 1) {
    const header = new DataView(await file.slice(at, at + HEADER_BYTES).arrayBuffer());
    if (header.byteLength < 8) return box > 0;
    const type = String.fromCharCode(...[4, 5, 6, 7].map((place) => header.getUint8(place)));
    if (type === 'moov' || (box === 0 && !FIRST.includes(type))) return false;
    const bytes = sizeOf(header, file.size - at);
    if (bytes === undefined) return false;
    at += bytes;
  }
  return at >= file.size && file.size > 0;
}

/** Size of a box: 0 stands for the rest of the file, 1 for a size of 64 bits after the type. */
function sizeOf(header: DataView, rest: number): number | undefined {
  const short = header.getUint32(0);
  if (short === 0) return rest;
  if (short >= 8) return short;
  if (short !== 1 || header.byteLength < HEADER_BYTES) return undefined;
  const long = Number(header.getBigUint64(8));
  return long >= HEADER_BYTES ? long : undefined;
}
