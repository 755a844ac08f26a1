/** Stacks of a bundle in the lines of the files that it came from. */
import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A name of the folder, a file in it, a line and a column. */
const IN_BUNDLE = /^([\w.-]+):(\d+):(\d+)/;

/** Rewrites the stack of an error and of its causes; a value that is no error, and places outside the bundle, stay. */
export function mapStack(error: unknown, bundle: string): void {
  const folder = dirname(bundle);
  for (let at = error; at instanceof Error; at = at.cause) at.stack &&= mappedText(at.stack, folder);
}

function mappedText(stack: string, folder: string): string {
  return [pathToFileURL(folder).href, folder].reduce((text, name) => {
    const [before = '', ...parts] = text.split(`${name}/`);
    return before + parts.map((part) => mappedPlace(part, folder) ?? `${name}/${part}`).join('');
  }, stack);
}

/** `file:line:column` at the start of a text, as Node counts them, becomes the place in the source. */
function mappedPlace(text: string, folder: string): string | undefined {
  const [place = '', file = '', line, column] = IN_BUNDLE.exec(text) ?? [];
  const entry = sourceMap(resolve(folder, file))?.findEntry(Number(line) - 1, Number(column) - 1);
  // empty where nothing is known of the place
  const { originalSource, originalLine = 0, originalColumn = 0 } = (entry ?? {}) as Partial<SourceMapping>;
  if (originalSource === undefined) return undefined;
  return `${resolve(folder, originalSource)}:${originalLine + 1}:${originalColumn + 1}${text.slice(place.length)}`;
}

function sourceMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0]);
  } catch {
    return undefined;
  }
}
