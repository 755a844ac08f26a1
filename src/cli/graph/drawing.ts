import type { ConnectionGraph, GraphNode, NodeRole, Verdict } from './graph-model.ts';

const MERMAID_SHAPE: Readonly<Record<NodeRole, readonly [string, string]>> = {
  workload: ['[', ']'],
  store: ['[(', ')]'],
  edge: ['([', '])'],
  outside: ['{{', '}}'],
};
const MERMAID_ARROW: Readonly<Record<Verdict, string>> = {
  free: '-->',
  allowed: '-->',
  blocked: '--x',
  unused: '-.->',
};
const DOT_SHAPE: Readonly<Record<NodeRole, string>> = {
  workload: 'box',
  store: 'cylinder',
  edge: 'oval',
  outside: 'hexagon',
};
const DOT_ARROW: Readonly<Record<Verdict, string>> = {
  free: '',
  allowed: '',
  blocked: ', color=red, arrowhead=tee',
  unused: ', style=dashed, color=gray50',
};

/** A graph as a Mermaid flowchart. */
export function mermaidGraph({ nodes, edges }: ConnectionGraph): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const text = (label: string): string => `"${label.replaceAll('"', '#quot;')}"`;
  const blocked = edges.flatMap(({ verdict }, index) => (verdict === 'blocked' ? [index] : []));
  return [
    'flowchart LR',
    ...nodes.map((node) => `  ${ids.get(node.id) ?? ''}${MERMAID_SHAPE[node.role].join(text(words(node, '<br>')))}`),
    ...edges.map(
      ({ from, to, label, verdict }) =>
        `  ${ids.get(from) ?? ''} ${MERMAID_ARROW[verdict]}|${text(label)}| ${ids.get(to) ?? ''}`,
    ),
    ...(blocked.length > 0 ? [`  linkStyle ${blocked.join(',')} stroke:#cf222e`] : []),
    '',
  ].join('\n');
}

/** A graph in the language of Graphviz. */
export function dotGraph({ nodes, edges }: ConnectionGraph): string {
  return [
    'digraph {',
    '  rankdir=LR',
    ...nodes.map(
      (node) =>
        `  ${JSON.stringify(node.id)} [label=${JSON.stringify(words(node, '\n'))}, shape=${DOT_SHAPE[node.role]}]`,
    ),
    ...edges.map(
      ({ from, to, label, verdict }) =>
        `  ${JSON.stringify(from)} -> ${JSON.stringify(to)} [label=${JSON.stringify(label)}${DOT_ARROW[verdict]}]`,
    ),
    '}',
    '',
  ].join('\n');
}

function words({ label, note }: GraphNode, lineBreak: string): string {
  return note === '' ? label : `${label}${lineBreak}${note}`;
}
