/**
 * Cuts a stream of YAML into its documents while it arrives, so that the first can be judged before the last is there.
 * A line that starts with `---` ends a document wherever it stands, within block scalars and quotes too (YAML 1.2, 9.1.2),
 * so the cut needs no parser. JSON objects may follow each other line by line without one.
 */
import { JsonObjects } from './json-objects.ts';
import { UnreadableError, unreadableFile } from './unreadable.ts';
import type { TextSource } from './text-source.ts';

/** The text of one document, its marker line included. The texts joined are the source. */
export interface DocumentText {
  readonly text: string;
  /** Lines before it in its source. */
  readonly linesBefore: number;
}

/** Longest line, in characters: an object of Kubernetes has at most 1.5 MiB. */
const LONGEST_LINE = 4 * 1024 * 1024;
/** Longest document, in characters. */
const LONGEST_DOCUMENT = 64 * 1024 * 1024;
const MARKER = /^---(?:\s|$)/;
const DIRECTIVE = /^%/;
const BLANK = /^\s*(?:#.*)?$/;

/** The documents of a source, as they arrive. Throws `UnreadableError` on what is no text, too long, or cannot be read. */
export async function* documentTexts(source: TextSource): AsyncGenerator<DocumentText> {
  let lines: string[] = [];
  let length = 0;
  let linesBefore = 0;
  let json = new JsonObjects();
  // directives stand before the marker of the document that they are for
  let awaitsMarker = false;
  for await (const line of linesOf(source)) {
    if (DIRECTIVE.test(line) && lines.every((it) => BLANK.test(it.trimEnd()) || DIRECTIVE.test(it)))
      awaitsMarker = true;
    const isMarker = MARKER.test(line);
    if ((isMarker && !awaitsMarker && lines.length > 0) || json.startsAnother(line)) {
      yield { text: lines.join(''), linesBefore };
      linesBefore += lines.length;
      lines = [];
      length = 0;
      json = new JsonObjects();
    }
    if (isMarker) awaitsMarker = false;
    lines.push(line);
    length += line.length;
    if (length > LONGEST_DOCUMENT) throw tooLong(source, linesBefore, 'a document', LONGEST_DOCUMENT);
    if (json.add(line)) throw twoInALine(source, linesBefore + lines.length);
  }
  if (lines.length > 0) yield { text: lines.join(''), linesBefore };
}

/** Lines with their ends. */
async function* linesOf(source: TextSource): AsyncGenerator<string> {
  let rest = '';
  let count = 0;
  for await (const piece of textOf(source)) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      yield rest + piece.slice(from, end + 1);
      rest = '';
      from = end + 1;
      count += 1;
    }
    rest += piece.slice(from);
    if (rest.length > LONGEST_LINE) throw tooLong(source, count, 'a line', LONGEST_LINE);
  }
  if (rest !== '') yield rest;
}

async function* textOf(source: TextSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    for await (const bytes of source.open()) yield asText(decoder.decode(bytes, { stream: true }), source);
    yield asText(decoder.decode(), source);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    throw error instanceof TypeError ? noText(source) : unreadableFile(source.name, error);
  }
}

function asText(piece: string, source: TextSource): string {
  if (piece.includes('\u0000')) throw noText(source);
  return piece;
}

function noText({ name }: TextSource): UnreadableError {
  return new UnreadableError(`${name}: is not UTF-8: convert it, or exclude it`);
}

function tooLong({ name }: TextSource, line: number, what: string, most: number): UnreadableError {
  const limit = `${most / 1024 / 1024} MiB`;
  return new UnreadableError(
    `${name}:${line + 1}: ${what} is longer than ${limit}, no object of Kubernetes is: leave it out`,
  );
}

function twoInALine({ name }: TextSource, line: number): UnreadableError {
  return new UnreadableError(`${name}:${line}: two JSON objects in one line: write one per line, as jq -c . does`);
}
