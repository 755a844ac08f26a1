/** A document that was parsed: its objects of Kubernetes, and where in the text a place of them stands. */
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter } from 'yaml';
import type { Document, Node, Pair, ParsedNode } from 'yaml';
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

/** Node that a JSON pointer leads to, or the nearest above it that is there. Aliases and merge keys are followed. */
export function nodeAt(document: Document.Parsed, pointer: string): Node | undefined {
  let node: Node | undefined = document.contents ?? undefined;
  for (const key of pointer.split('/').slice(1)) {
    const next = childOf(document, node, key.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (next === undefined) break;
    node = next;
  }
  return node;
}

/** Where places of a text stand in its source. Parses the text again, so that nothing but it need be kept. */
export class Locator {
  private readonly lineCounter = new LineCounter();
  private readonly documents: readonly Document.Parsed[];
  private readonly source: DocumentText;

  constructor(source: DocumentText, name: string) {
    this.source = source;
    this.documents = parseDocuments(source, name, this.lineCounter);
  }

  positionOf(document: number, pointer: string): Position {
    const parsed = this.documents[document];
    const node = parsed === undefined ? undefined : nodeAt(parsed, pointer);
    const { line, col } = this.lineCounter.linePos(node?.range?.[0] ?? 0);
    return { line: this.source.linesBefore + Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function childOf(document: Document.Parsed, parent: Node | undefined, key: string): Node | undefined {
  const node = isAlias(parent) ? (parent.resolve(document) as Node | undefined) : parent;
  if (isSeq<ParsedNode>(node)) return node.items[Number(key)];
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
  const own = node.items.findLast((pair) => keyOf(pair) === key);
  if (own !== undefined) return own.value ?? own.key;
  for (const pair of node.items.filter((it) => isScalar(it.key) && it.key.source === '<<')) {
    const merged = isSeq<ParsedNode>(pair.value) ? pair.value.items : [pair.value];
    for (const source of merged) {
      const found = childOf(document, source ?? undefined, key);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function keyOf(pair: Pair<ParsedNode, ParsedNode | null>): string | undefined {
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

/** An alias bomb, nesting deeper than the stack, or anything else that the parser gives up at. */
function guarded<T>(name: string, source: DocumentText, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? lowerFirst(error.message) : String(error);
    const deep = error instanceof RangeError ? 'nested too deeply' : reason;
    throw new UnreadableError(`${name}:${source.linesBefore + 1}: cannot be read: ${deep}`, { cause: error });
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
