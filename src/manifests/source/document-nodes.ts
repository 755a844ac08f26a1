/** The node of a document that a JSON pointer leads to. Findings ask by the thousand, so long maps and aliases are looked up. */
import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml';
import type { Alias, Document, Node, Pair, ParsedNode, YAMLMap } from 'yaml';

/** Node that a pointer leads to, or the nearest above it that is there. Aliases and merge keys are followed. */
export function nodeAt(document: Document.Parsed, pointer: string): Node | undefined {
  let node: Node | undefined = document.contents ?? undefined;
  for (const key of pointer.split('/').slice(1)) {
    const next = childOf(document, node, key.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (next === undefined) break;
    node = next;
  }
  return node;
}

type ParsedMap = YAMLMap<ParsedNode, ParsedNode | null>;
type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

function childOf(document: Document.Parsed, parent: Node | undefined, key: string): Node | undefined {
  const node = isAlias(parent) ? targetsOf(document).get(parent) : parent;
  if (isSeq<ParsedNode>(node)) return node.items[Number(key)];
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
  const own = pairOf(node, key);
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

/** Maps with more keys than this get an index. */
const SHORT = 16;
const indexes = new WeakMap<ParsedMap, ReadonlyMap<string, ParsedPair>>();

/** The pair of a key; of equal keys the last, which is the one that counts. */
function pairOf(map: ParsedMap, key: string): ParsedPair | undefined {
  if (map.items.length <= SHORT) return map.items.findLast((pair) => keyOf(pair) === key);
  const known = indexes.get(map);
  if (known !== undefined) return known.get(key);
  const index = new Map(map.items.flatMap((pair): [string, ParsedPair][] => keyed(pair)));
  indexes.set(map, index);
  return index.get(key);
}

function keyed(pair: ParsedPair): [string, ParsedPair][] {
  const key = keyOf(pair);
  return key === undefined ? [] : [[key, pair]];
}

function keyOf(pair: ParsedPair): string | undefined {
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

const targets = new WeakMap<Document.Parsed, ReadonlyMap<Alias, Node>>();

/** What each alias of a document stands for: the last node with its anchor above it. */
function targetsOf(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const known = targets.get(document);
  if (known !== undefined) return known;
  const anchors = new Map<string, Node>();
  const found = new Map<Alias, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) found.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  targets.set(document, found);
  return found;
}
