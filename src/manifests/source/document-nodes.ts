/** The nodes of a document by JSON pointer. Findings ask by the thousand, so long maps and aliases are looked up. */
import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml';
import type { Alias, Document, Node, Pair, ParsedNode, YAMLMap } from 'yaml';

type ParsedMap = YAMLMap<ParsedNode, ParsedNode | null>;
type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

/** Maps with more keys than this get an index. */
const SHORT = 16;

/** Finds nodes of one document, which must not change meanwhile. */
export class DocumentNodes {
  private readonly document: Document.Parsed;
  private readonly indexes = new Map<ParsedMap, ReadonlyMap<string, ParsedPair>>();
  private targets: ReadonlyMap<Alias, Node> | undefined;

  constructor(document: Document.Parsed) {
    this.document = document;
  }

  /** Node that a pointer leads to, or the nearest above it that is there. Aliases and merge keys are followed. */
  at(pointer: string): Node | undefined {
    let node: Node | undefined = this.document.contents ?? undefined;
    for (const key of pointer.split('/').slice(1)) {
      const next = this.childOf(node, key.replaceAll('~1', '/').replaceAll('~0', '~'));
      if (next === undefined) break;
      node = next;
    }
    return node;
  }

  private childOf(parent: Node | undefined, key: string): Node | undefined {
    const node = isAlias(parent) ? this.targetOf(parent) : parent;
    if (isSeq<ParsedNode>(node)) return node.items[Number(key)];
    if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
    const own = this.pairOf(node, key);
    if (own !== undefined) return own.value ?? own.key;
    for (const pair of node.items.filter((it) => isScalar(it.key) && it.key.source === '<<')) {
      const merged = isSeq<ParsedNode>(pair.value) ? pair.value.items : [pair.value];
      for (const source of merged) {
        const found = this.childOf(source ?? undefined, key);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  /** The pair of a key; of equal keys the last, which is the one that counts. */
  private pairOf(map: ParsedMap, key: string): ParsedPair | undefined {
    if (map.items.length <= SHORT) return map.items.findLast((pair) => keyOf(pair) === key);
    const index = this.indexes.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair) ?? '', pair]));
    this.indexes.set(map, index);
    return index.get(key);
  }

  private targetOf(alias: Alias): Node | undefined {
    this.targets ??= targetsOf(this.document);
    return this.targets.get(alias);
  }
}

function keyOf(pair: ParsedPair): string | undefined {
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

/** What each alias of a document stands for: the last node with its anchor above it. */
function targetsOf(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}
