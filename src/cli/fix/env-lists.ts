/** Finds the `env` lists of a document as nodes of its text. A list that several containers share by an alias counts once. */
import { isAlias, isSeq } from 'yaml';
import type { Document, Node, ParsedNode, YAMLSeq } from 'yaml';
import { kindAndName, manifestSet } from '#manifests';
import { DocumentNodes, objectsOf } from '#manifest-source';

/** One `env` list. */
export interface EnvList {
  readonly node: YAMLSeq.Parsed;
  /** Its entries as plain data, in the order of the text: the same array as in the content of the document. */
  readonly entries: readonly unknown[];
  /** Who it is of, such as `Deployment/auth container auth`. */
  readonly place: string;
}

/** The `env` lists of every container in a document, given its content as plain data. */
export function envLists(document: Document.Parsed, content: unknown): readonly EnvList[] {
  const nodes = new DocumentNodes(document);
  const lists = new Map<YAMLSeq.Parsed, EnvList>();
  for (const { manifest, pointer } of objectsOf(content)) {
    for (const pod of manifestSet([{ path: '', manifest }]).templates) {
      const ephemeral = pod.spec.at('ephemeralContainers').items.map((at) => ({ name: at.at('name').text ?? '', at }));
      for (const { name, at: container } of [...pod.containers, ...ephemeral]) {
        const at = container.at('env');
        const node = at.items.length < 2 ? undefined : sequenceAt(document, nodes.at(pointer + at.pointer));
        if (node === undefined) continue;
        const place = `${kindAndName(pod.object)} container ${name === '' ? '?' : name}`;
        if (!lists.has(node)) lists.set(node, { node, entries: at.value as readonly unknown[], place });
      }
    }
  }
  return [...lists.values()];
}

function sequenceAt(document: Document.Parsed, node: Node | undefined): YAMLSeq.Parsed | undefined {
  const resolved = isAlias(node) ? node.resolve(document) : node;
  return isSeq<ParsedNode>(resolved) ? (resolved as YAMLSeq.Parsed) : undefined;
}
