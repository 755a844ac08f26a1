import { expect, test } from 'vitest';
import { fileRefusal } from '../../../web/src/uploads/file-kind.ts';

/** A file of bytes, one character each. */
function file(name: string, head: string, more = 5000): File {
  return new File([Uint8Array.from(head, (one) => one.charCodeAt(0)), new Uint8Array(more)], name);
}

function box(type: string, bytes: number, content = ''): string {
  return String.fromCharCode(0, 0, bytes >> 8, bytes & 0xff) + (type + content).padEnd(bytes - 4, '\0');
}

const refused = async (given: File): Promise<string | undefined> => (await fileRefusal(given))?.title;

test.each([
  ['\x89PNG\r\n\x1a\n', 'This is a PNG picture.'],
  ['\xff\xd8\xff\xe0', 'This is a JPEG picture.'],
  ['RIFF\x10\0\0\0WEBPVP8 ', 'This is a WebP picture.'],
  ['\0\0\0\x18ftypheic', 'This is a HEIF or AVIF picture.'],
  ['\0\0\0\x18ftypM4A ', 'This is a sound file.'],
  ['ID3\x03', 'This is a sound file.'],
  ['OggS\0\x02\0\0OpusHead', 'This is a sound file.'],
  ['PK\x03\x04', 'This is an archive.'],
  ['%PDF-1.7', 'This is a PDF document.'],
])('refuses a file by its first bytes, whatever its name: %j', async (head, title) => {
  expect(await refused(file('film.mp4', head))).toBe(title);
});

test('refuses a text, with letters of any language', async () => {
  const text = new File(['grüße 你好 '.repeat(600)], 'film.mp4');
  expect(await refused(text)).toBe('This is a text file.');
});

test('believes the name where the bytes tell nothing', async () => {
  expect(await refused(file('song.mp3', '\x01\x02\x03'))).toBe('This is a sound file.');
  expect(await refused(file('cut.kdenlive', '<?xml version="1.0"?>', 0))).toBe(
    'This is a project of an editing program.',
  );
});

test('says what can be done, and that trying again does not help', async () => {
  expect(await fileRefusal(file('films.zip', 'PK\x03\x04'))).toMatchObject({
    detail: 'Unpack it and choose the video inside.',
    retryable: false,
  });
});

test.each([
  ['film.mkv', '\x1aE\xdf\xa3'],
  ['film.avi', 'RIFF\x10\0\0\0AVI LIST'],
  ['film.ogv', 'OggS\0\x02\0\0\x80theora'],
  ['film.gif', 'GIF89a'],
  ['film.wmv', '0&\xb2u\x8ef\xcf\x11'],
  ['film.mpg', '\0\0\x01\xba'],
  ['film', '\x01\x02\x03'],
  // a transport stream for discs, whose first packet has a time that looks like sound
  ['film.m2ts', ['\xff\xfb\0\0G', 'a\0\0\0G', 'b\0\0\0G'].map((packet) => packet.padEnd(192, '\0')).join('')],
])('lets a film pass, and what it does not know: %s', async (name, head) => {
  expect(await refused(file(name, head))).toBeUndefined();
});

test('refuses an MP4 whose index is missing, and none whose index is anywhere', async () => {
  const missing = 'The file is incomplete: its index is missing.';
  const start = box('ftyp', 24, 'isom') + box('free', 16);
  expect(await refused(file('film.mp4', start + box('mdat', 600), 0))).toBe(missing);
  expect(await refused(file('film.mp4', start + box('mdat', 9000).slice(0, 800), 0))).toBe(missing);
  expect(await refused(file('film.mp4', start + box('mdat', 6000) + box('moov', 40), 0))).toBeUndefined();
  expect(await refused(file('film.mov', start + box('moov', 40) + box('mdat', 6000), 0))).toBeUndefined();
});
