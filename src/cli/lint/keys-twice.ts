/** Keys that occur twice in a mapping: kubectl silently takes the last, kustomize and strict parsing on the server reject it. */
import { isMap, isScalar, isSeq } from 'yaml';
import type { Document, ParsedNode } from 'yaml';
import type { Remark } from './finding.ts';

/** A remark for each key that is there again, by its place in the document. */
export function keysTwice(
  document: Document.Parsed,
  positionOf: (pointer: string) => { readonly line: number },
): readonly Remark[] {
  const remarks: Remark[] = [];
  // a stack of its own, for a document may be nested deeply
  const open: { readonly node: ParsedNode | null; readonly pointer: string }[] = [
    { node: document.contents, pointer: '' },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, pointer } = next;
    if (isSeq<ParsedNode>(node)) {
      const items = node.items.map((item, index) => ({ node: item, pointer: `${pointer}/${index}` }));
      for (const item of items.reverse()) open.push(item);
    }
    if (!isMap<ParsedNode, ParsedNode | null>(node)) continue;
    const seen = new Set<string>();
    const told = new Set<string>();
    const below: { readonly node: ParsedNode | null; readonly pointer: string }[] = [];
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      below.push({ node: value, pointer: place });
      if (key.source !== '<<' && seen.has(name) && !told.has(name)) {
        told.add(name);
        const { line } = positionOf(pointer);
        const message = `the key ${name} occurs twice in the mapping that starts at line ${line}, so the first value is lost: remove or rename one, or add a missing dash`;
        remarks.push({ rule: 'yaml-key-twice', container: undefined, message, pointer: place });
      }
      seen.add(name);
    }
    for (const child of below.reverse()) open.push(child);
  }
  return remarks;
}
