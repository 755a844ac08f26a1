/** A document that was parsed: its objects of Kubernetes, and where in the text a place of them stands. */
import { Composer, LineCounter } from 'yaml';
import type { Document } from 'yaml';
import { DocumentNodes } from './document-nodes.ts';
import type { DocumentText } from './document-stream.ts';
import { UnreadableError } from './unreadable.ts';
import { kubectlTags } from './yaml-scalars.ts';
import { yamlTokens } from './yaml-tokens.ts';

/** Line and column, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** An object of Kubernetes and where it stands in its document. */
export interface FoundObject {
  readonly manifest: Readonly<Record<string, unknown>>;
  /** JSON pointer from the top of the document: not empty for an item of a List. */
  readonly pointer: string;
}

/** How YAML is read, as kubectl reads it: merge keys, last of equal keys, indentation of brackets as one likes, scalars of YAML 1.1. */
export const YAML_OPTIONS = {
  merge: true,
  uniqueKeys: false,
  strict: false,
  logLevel: 'silent',
  customTags: kubectlTags,
} as const;
/** Aliases that may be followed; more multiply into a bomb. */
const MOST_ALIASES = 10_000;
/** How the parser and the engine call nesting that their stack is too short for. */
const TOO_DEEP = /maximum call stack/i;
const DEEP = 'cannot be read: nested too deeply';

/** The documents in a text, nearly always one. Throws `UnreadableError` with place and reason. */
export function parseDocuments(
  source: DocumentText,
  name: string,
  lineCounter = new LineCounter(),
): readonly Document.Parsed[] {
  const documents = guarded(name, source, () => [
    ...new Composer({ ...YAML_OPTIONS, lineCounter, prettyErrors: false }).compose(
      yamlTokens(source.text, lineCounter),
    ),
  ]);
  for (const document of documents) {
    const [error] = document.errors;
    if (error === undefined) continue;
    const { line, col } = lineCounter.linePos(error.pos[0]);
    const hint = /\{\{/.test(source.text) ? ' (it looks like a template: render it first, as with helm template)' : '';
    if (TOO_DEEP.test(error.message)) throw new UnreadableError(`${name}:${source.linesBefore + line}: ${DEEP}`);
    const reason = error.message.replace(/\.?$/, '');
    throw new UnreadableError(`${name}:${source.linesBefore + line}:${col}: is not YAML: ${lowerFirst(reason)}${hint}`);
  }
  return documents;
}

/** What a document holds, as plain data. Throws `UnreadableError` on aliases that multiply. */
export function contentOf(document: Document.Parsed, source: DocumentText, name: string): unknown {
  return guarded(name, source, () => document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown);
}

/** The objects of a document's content, those of a List one by one; what is no object of Kubernetes is left out. */
export function objectsOf(content: unknown, pointer = ''): readonly FoundObject[] {
  if (!isRecord(content)) return [];
  const { kind, apiVersion, items } = content;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return [];
  if (kind.endsWith('List') && Array.isArray(items)) {
    // the items of a typed list, as the API gives it, leave their kind to the list
    const typed = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
    return items.flatMap((item: unknown, index) =>
      objectsOf(isRecord(item) ? { ...typed, ...item } : item, `${pointer}/items/${index}`),
    );
  }
  return [{ manifest: content, pointer }];
}

/** Where places of a text stand in its source. Parses the text again, so that nothing but it need be kept. */
export class Locator {
  private readonly lineCounter = new LineCounter();
  private readonly documents: readonly DocumentNodes[];
  private readonly source: DocumentText;

  constructor(source: DocumentText, name: string) {
    this.source = source;
    this.documents = parseDocuments(source, name, this.lineCounter).map((document) => new DocumentNodes(document));
  }

  positionOf(document: number, pointer: string): Position {
    const { line, col } = this.lineCounter.linePos(this.documents[document]?.at(pointer)?.range?.[0] ?? 0);
    return { line: this.source.linesBefore + Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** An alias bomb, nesting deeper than the stack, or anything else that the parser gives up at. */
function guarded<T>(name: string, source: DocumentText, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? lowerFirst(error.message) : String(error);
    const text = error instanceof RangeError ? DEEP : `cannot be read: ${reason}`;
    throw new UnreadableError(`${name}:${source.linesBefore + 1}: ${text}`, { cause: error });
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
