import type { ConnectionGraph, NodeRole } from './connection-graph.ts';

const MERMAID_SHAPE: Readonly<Record<NodeRole, readonly [string, string]>> = {
  workload: ['[', ']'],
  store: ['[(', ')]'],
  edge: ['([', '])'],
  outside: ['{{', '}}'],
};
const DOT_SHAPE: Readonly<Record<NodeRole, string>> = {
  workload: 'box',
  store: 'cylinder',
  edge: 'oval',
  outside: 'hexagon',
};

/** A graph as a Mermaid flowchart. */
export function mermaidGraph({ nodes, edges }: ConnectionGraph): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const text = (label: string): string => `"${label.replaceAll('"', '#quot;')}"`;
  return [
    'flowchart LR',
    ...nodes.map(({ id, label, role }) => `  ${ids.get(id) ?? ''}${MERMAID_SHAPE[role].join(text(label))}`),
    ...edges.map(({ from, to, label }) => `  ${ids.get(from) ?? ''} -->|${text(label)}| ${ids.get(to) ?? ''}`),
    '',
  ].join('\n');
}

/** A graph in the language of Graphviz. */
export function dotGraph({ nodes, edges }: ConnectionGraph): string {
  return [
    'digraph {',
    '  rankdir=LR',
    ...nodes.map(
      ({ id, label, role }) => `  ${JSON.stringify(id)} [label=${JSON.stringify(label)}, shape=${DOT_SHAPE[role]}]`,
    ),
    ...edges.map(
      ({ from, to, label }) => `  ${JSON.stringify(from)} -> ${JSON.stringify(to)} [label=${JSON.stringify(label)}]`,
    ),
    '}',
    '',
  ].join('\n');
}
