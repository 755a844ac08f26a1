/**
 * What a file is by its first bytes, so that what the server would refuse is refused before it is sent. The name counts only
 * where the bytes tell nothing. What is unknown is sent: the server looks at all of it.
 */
import type { ErrorWords } from '../api/index.ts';
import { lacksIndex } from './mp4-index.ts';

const PICTURE = 'Choose a video file.';
const SOUND = 'It holds no picture. Choose a video file.';
const ARCHIVE = 'Unpack it and choose the video inside.';
const EXPORT = 'Export the film from that program and upload that file.';
const UNFINISHED = 'The recording was not finished, or the copy is cut off. Check that it plays on your device.';
const FILM = 'Export it as MP4 (H.264 and AAC) and upload that file.';

/** Bytes that are looked at. */
const HEAD_BYTES = 4096;

type Signature = readonly [what: string, advice: string, ...starts: readonly string[]];

/** Bytes at the start of a file, one character each; `?` stands for any one. */
const SIGNATURES: readonly Signature[] = [
  ['a PNG picture', PICTURE, '\x89PNG\r\n'],
  ['a JPEG picture', PICTURE, '\xff\xd8\xff'],
  ['a WebP picture', PICTURE, 'RIFF????WEBP'],
  ['a bitmap picture', PICTURE, 'BM????\0\0\0\0'],
  ['a TIFF or raw picture', PICTURE, 'II*\0', 'MM\0*', '????ftypcrx '],
  ['a HEIF or AVIF picture', PICTURE, ...['heic', 'heix', 'mif1', 'msf1', 'avif', 'avis'].map((b) => `????ftyp${b}`)],
  ['a Photoshop picture', PICTURE, '8BPS'],
  ['a sound file', SOUND, ...['M4A ', 'M4B ', 'M4P '].map((brand) => `????ftyp${brand}`)],
  ['a sound file', SOUND, 'ID3', '\xff\xfb', '\xff\xfa', '\xff\xf3', '\xff\xf2', '\xff\xf1', '\xff\xf9', 'fLaC'],
  ['a sound file', SOUND, 'RIFF????WAVE', 'RF64????WAVE', 'FORM????AIF', '#!AMR', 'MThd', '.snd', 'wvPK', 'caff\0'],
  ['a PDF document', PICTURE, '%PDF-'],
  ['an archive', ARCHIVE, 'PK\x03\x04', 'Rar!\x1a', "7z\xbc\xaf'\x1c", '\x1f\x8b\x08', 'BZh', '\xfd7zXZ', '(\xb5/\xfd'],
  ['an old Office document', PICTURE, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['a program', PICTURE, 'MZ\x90\0', '\x7fELF', '\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe'],
  ['a database', PICTURE, 'SQLite format 3\0'],
  ['a RealMedia film, which cannot be converted', FILM, '.RMF\0'],
  ['a Flash film, which cannot be converted', FILM, 'FWS', 'CWS', 'ZWS'],
  ['a film in the IVF or Y4M format, which cannot be converted', FILM, 'DKIF\0\0', 'YUV4MPEG2 '],
];

/** Endings of names that tell more than bytes without a signature. */
const ENDINGS: readonly (readonly [ending: RegExp, what: string, advice: string])[] = [
  [/\.(mp3|aac|ac3|wma|mka|m4a|opus|ape)$/i, 'a sound file', SOUND],
  [/\.(heic|tga|psd|ico)$/i, 'a picture', PICTURE],
  [/\.(iso|dmg)$/i, 'a disc image', ARCHIVE],
  [/\.(prproj|aep|veg|kdenlive|drp|imovieproj|wlmp|camproj)$/i, 'a project of an editing program', EXPORT],
];

/** Why a file cannot become a video; undefined where it may. */
export async function fileRefusal(file: File): Promise<ErrorWords | undefined> {
  try {
    const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
    const [what, advice] = kindOf(String.fromCharCode(...head), file.name) ?? [];
    if (what !== undefined) return words(`This is ${what}.`, advice ?? '');
    if (await lacksIndex(file)) return words('The file is incomplete: its index is missing.', UNFINISHED);
  } catch {
    // one that cannot be read fails when it is sent, in its own words
  }
  return undefined;
}

function words(title: string, detail: string): ErrorWords {
  return { title, detail, requestId: undefined, retryable: false };
}

/** What a file is and what to do, where it is no film; `head` has one character for each byte. */
function kindOf(head: string, name: string): readonly [what: string, advice: string] | undefined {
  if (isTransportStream(head)) return undefined;
  const signed = SIGNATURES.find(([, , ...starts]) => starts.some((start) => startsLike(head, start)));
  if (signed !== undefined) return [signed[0], signed[1]];
  if (head.startsWith('OggS') && !/theora|BBCD|\x01video/.test(head)) return ['a sound file', SOUND];
  const [, ...named] = ENDINGS.find(([ending]) => ending.test(name)) ?? [];
  if (named.length > 0) return [named[0] ?? '', named[1] ?? ''];
  return isText(head) ? ['a text file', PICTURE] : undefined;
}

/** Packets of 188 bytes, or of 192 that begin with a time, which could look like anything. */
function isTransportStream(head: string): boolean {
  return [0, 4].some((at) => [0, 1, 2].every((packet) => head[at + packet * (188 + at)] === 'G'));
}

function startsLike(head: string, start: string): boolean {
  return [...start].every((one, at) => one === '?' || head[at] === one);
}

function isText(head: string): boolean {
  // eslint-disable-next-line no-control-regex -- text has none of these
  return head.length > 0 && !/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(head) && isUtf8(head);
}

function isUtf8(head: string): boolean {
  try {
    const bytes = Uint8Array.from(head, (one) => one.charCodeAt(0));
    // the last letter may be cut
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
