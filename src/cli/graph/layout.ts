/** Where boxes and arrows lie. dagre places the boxes: ranks in which few arrows cross are a craft of their own. */
import { Graph, layout } from '@dagrejs/dagre';
import type { ConnectionGraph, GraphEdge, GraphNode } from './graph-model.ts';

/** Sizes in px. */
export const LINE = 15;
const PADDING = 14;
const LEAST_WIDTH = 88;

/** A box and its texts, with the place that it was given. */
export interface Box {
  readonly node: GraphNode;
  /** What all who dial it say of it, written once. */
  readonly dialled: string;
  width: number;
  height: number;
  x: number;
  y: number;
}

/** An arrow with the text that is written on it and the points that it runs through. */
export interface Link {
  readonly edge: GraphEdge;
  readonly text: string;
  points: readonly Point[];
  x: number;
  y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Width and height in px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A graph with a place for everything; the same graph gives the same places. */
export function laidOut(graph: ConnectionGraph): {
  readonly boxes: readonly Box[];
  readonly links: readonly Link[];
  readonly size: Size;
} {
  const boxes = graph.nodes.map((node) => boxOf(node, dialledOf(node, graph.edges)));
  const dialled = new Map(boxes.map((box) => [box.node.id, box.dialled]));
  const links = graph.edges.map((edge) => linkOf(edge, dialled.get(edge.to) ?? ''));
  const size = placed(boxes, links);
  return { boxes, links, size };
}

/** The text of all arrows that end at a box, if they name the same port; it is then drawn in the box. */
function dialledOf({ id }: GraphNode, edges: readonly GraphEdge[]): string {
  const open = edges.filter(({ to, verdict }) => to === id && verdict !== 'blocked');
  const dialling = open.filter(({ verdict }) => verdict !== 'unused');
  const labels = (dialling.length > 0 ? dialling : open)
    .map(({ label }) => label)
    // a scheme tells more than none
    .sort((a, b) => Number(a.startsWith('tcp:')) - Number(b.startsWith('tcp:')));
  const [first = ''] = labels;
  return labels.every((label) => portOf(label) === portOf(first)) ? first : '';
}

function portOf(label: string): string {
  return label.split(':').at(-1) ?? '';
}

function boxOf(node: GraphNode, dialled: string): Box {
  const texts = [dialled, node.note].filter((text) => text !== '');
  const widest = Math.max(textWidth(node.label, 14), ...texts.map((text) => textWidth(text, 11)));
  const width = Math.max(LEAST_WIDTH, Math.ceil(widest + PADDING * 2));
  return { node, dialled, width, height: 36 + texts.length * LINE, x: 0, y: 0 };
}

function linkOf(edge: GraphEdge, dialled: string): Link {
  const known = edge.verdict !== 'blocked' && portOf(edge.label) === portOf(dialled);
  return { edge, text: known ? '' : edge.label, points: [], x: 0, y: 0 };
}

/** Width of a text in px, estimated by its letters: there is no font to ask. */
export function textWidth(text: string, size: number): number {
  return [...text].reduce((sum, letter) => sum + letterWidth(letter) * size, 0);
}

function letterWidth(letter: string): number {
  if (letter.charCodeAt(0) > 0x2e80) return 1.1;
  if (/[mwMW@%]/.test(letter)) return 0.95;
  return /[iljtfrI.,:;|/ '()[\]-]/.test(letter) ? 0.42 : 0.64;
}

/** Gives boxes and links their places; tells the size of the whole. */
function placed(boxes: readonly Box[], links: readonly Link[]): Size {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 22, edgesep: 14, ranksep: 84 });
  // names of our own, because those of the manifests may be anything
  const ids = new Map(boxes.map(({ node }, index) => [node.id, `n${index}`]));
  for (const box of boxes) graph.setNode(ids.get(box.node.id) ?? '', { width: box.width, height: box.height });
  links.forEach(({ edge, text }, index) => {
    const label = text === '' ? { width: 0, height: 0 } : { width: textWidth(text, 11) + 12, height: LINE };
    graph.setEdge(ids.get(edge.from) ?? '', ids.get(edge.to) ?? '', { ...label, labelpos: 'c' }, `e${index}`);
  });
  layout(graph);
  for (const box of boxes) Object.assign(box, pointOf(graph.node(ids.get(box.node.id) ?? '')));
  links.forEach((link, index) => {
    const { from, to } = link.edge;
    const edge = graph.edge(ids.get(from) ?? '', ids.get(to) ?? '', `e${index}`);
    Object.assign(link, pointOf(edge), { points: (edge.points ?? []).map(pointOf) });
  });
  for (const box of boxes) fanOut(box, links);
  const { width = 0, height = 0 } = graph.graph();
  return { width, height };
}

/** Arrows start at the right of their box and end at the left of the next, spread in the order of where they come from and go. */
function fanOut({ node, x, y, width, height }: Box, links: readonly Link[]): void {
  const forward = links.filter(({ points }) => (points[0]?.x ?? 0) < (points.at(-1)?.x ?? 0));
  const gap = (count: number): number => Math.min(10, (height - 16) / count);
  const out = forward.filter(({ edge }) => edge.from === node.id).sort(byHeightAt(-1));
  const into = forward.filter(({ edge }) => edge.to === node.id).sort(byHeightAt(0));
  out.forEach((link, index) => {
    const start = pointOf({ x: x + width / 2, y: y + (index - (out.length - 1) / 2) * gap(out.length) });
    link.points = [start, ...link.points.slice(1)];
  });
  into.forEach((link, index) => {
    const end = pointOf({ x: x - width / 2, y: y + (index - (into.length - 1) / 2) * gap(into.length) });
    link.points = [...link.points.slice(0, -1), end];
  });
}

function byHeightAt(end: 0 | -1): (a: Link, b: Link) => number {
  return (a, b) => (a.points.at(end)?.y ?? 0) - (b.points.at(end)?.y ?? 0);
}

function pointOf({ x = 0, y = 0 }: { readonly x?: number; readonly y?: number }): Point {
  return { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
}
