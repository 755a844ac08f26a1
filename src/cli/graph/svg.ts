/** A laid out graph as SVG. */
import { DARK, escapeXml, FONTS, LIGHT, svgHead, svgText } from '#picture';
import type { ConnectionGraph, Verdict } from './graph-model.ts';
import { laidOut, LINE, textWidth } from './layout.ts';
import type { Box, Link, Point } from './layout.ts';

/** Sizes in px. */
const MARGIN = 24;
const TITLE = 44;
const LEGEND_ROW = 24;

const STYLE = `
  ${LIGHT}
  .box { fill: #f4f6f9; stroke: #9aa5b3 } .store { fill: #ddf4e4; stroke: #2da44e } .edge { fill: #ddebff; stroke: #1f6feb } .outside { fill: #ffffff; stroke: #9aa5b3; stroke-dasharray: 4 3 }
  .free { stroke: #8c96a3 } .allowed { stroke: #1a7f37 } .blocked { stroke: #cf222e } .unused { stroke: #8c96a3; stroke-dasharray: 4 4 }
  .free-tip { fill: #8c96a3 } .allowed-tip { fill: #1a7f37 } .blocked-tip { fill: #cf222e } .unused-tip { fill: #8c96a3 }
  @media (prefers-color-scheme: dark) {
    ${DARK}
    .box { fill: #171c23; stroke: #5b6673 } .store { fill: #12281a; stroke: #3fb950 } .edge { fill: #11233f; stroke: #6ea8fe } .outside { fill: #0f1318; stroke: #5b6673 }
    .free { stroke: #7d8896 } .allowed { stroke: #3fb950 } .blocked { stroke: #ff7b72 } .unused { stroke: #7d8896 }
    .free-tip { fill: #7d8896 } .allowed-tip { fill: #3fb950 } .blocked-tip { fill: #ff7b72 } .unused-tip { fill: #7d8896 }
  }
  .link { fill: none; stroke-width: 1.5 } .under { opacity: 0.85 }
  ${FONTS}`;

const VERDICT_TEXT: Readonly<Record<Verdict, string>> = {
  free: 'no policy applies',
  allowed: 'allowed by policy',
  blocked: 'blocked by policy',
  unused: 'allowed by policy, no caller visible',
};

/** Draws a graph as SVG; the same graph gives the same bytes. It follows the reader's light or dark setting. */
export function svgGraph(graph: ConnectionGraph): string {
  const { boxes, links, size } = laidOut(graph);
  const verdicts = (Object.keys(VERDICT_TEXT) as Verdict[]).filter((it) =>
    links.some(({ edge }) => edge.verdict === it),
  );
  // without a policy there is nothing to tell the arrows apart by
  const legend = verdicts.some((it) => it !== 'free') ? verdicts : [];
  const width = Math.ceil(Math.max(size.width, legend.length > 0 ? 320 : 0) + MARGIN * 2);
  const height = Math.ceil(size.height + TITLE + MARGIN * 2 + legend.length * LEGEND_ROW);
  const names = new Map(graph.nodes.map(({ id, label }) => [id, label]));
  return [
    ...svgHead('Connections', width, height, STYLE),
    `<defs>${verdicts.map(tip).join('')}</defs>`,
    svgText(MARGIN, MARGIN + 16, 'Connections', 'ink title'),
    `<g transform="translate(${MARGIN} ${MARGIN + TITLE})">`,
    ...links.map((link) => drawLink(link, names)),
    ...boxes.map(drawBox),
    ...links.flatMap(drawLinkText),
    '</g>',
    ...legend.flatMap((verdict, row) =>
      drawLegend(verdict, height - MARGIN - (legend.length - row - 0.5) * LEGEND_ROW),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function drawBox({ node, dialled, width, height, x, y }: Box): string {
  const [left, top] = [x - width / 2, y - height / 2];
  const css = node.role === 'workload' ? 'box' : node.role;
  const round = node.role === 'edge' ? height / 2 : 8;
  const rim =
    node.role === 'store'
      ? `<path class="${css}" fill-opacity="0" d="M${left} ${top + 8}q0 6 ${width / 2} 6t${width / 2} -6"/>`
      : '';
  const texts = [
    ...(dialled === '' ? [] : [{ text: dialled, css: 'quiet mono' }]),
    ...(node.note === '' ? [] : [{ text: node.note, css: 'quiet' }]),
  ];
  const first = top + (node.role === 'store' ? 27 : 23);
  return [
    `<g><title>${escapeXml(node.id)}</title>`,
    `<rect class="${css}" x="${left}" y="${top}" width="${width}" height="${height}" rx="${round}"/>${rim}`,
    svgText(x, first, node.label, 'ink name', 'middle'),
    ...texts.map(({ text, css: style }, row) => svgText(x, first + (row + 1) * LINE, text, style, 'middle')),
    '</g>',
  ].join('');
}

function drawLink({ edge, points, text }: Link, names: ReadonlyMap<string, string>): string {
  const title = `${names.get(edge.from) ?? ''} to ${names.get(edge.to) ?? ''}, ${edge.label}: ${VERDICT_TEXT[edge.verdict]}`;
  return `<path class="link ${edge.verdict}" d="${pathOf(points, text)}" marker-end="url(#tip-${edge.verdict})"><title>${escapeXml(title)}</title></path>`;
}

/** To the next rank without a text: one bend. Else through all points; against the ranks: a line of corners. */
function pathOf(points: readonly Point[], text: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const way = points.length === 3 && text === '' ? [last] : points.slice(1);
  let from = first;
  const parts = way.map((to) => {
    const middle = Math.round((from.x + to.x) * 5) / 10;
    const part = first.x < last.x ? `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}` : `L${to.x} ${to.y}`;
    from = to;
    return part;
  });
  return `M${first.x} ${first.y}${parts.join('')}`;
}

function drawLinkText({ edge, text, x, y }: Link): readonly string[] {
  if (text === '') return [];
  const width = Math.ceil(textWidth(text, 11) + 8);
  const css = edge.verdict === 'blocked' ? 'blocked-tip mono' : 'quiet mono';
  return [
    `<rect class="paper under" x="${x - width / 2}" y="${y - 8}" width="${width}" height="16" rx="4"/>`,
    svgText(x, y + 4, text, css, 'middle'),
  ];
}

function tip(verdict: Verdict): string {
  const shape = verdict === 'blocked' ? 'M6 0L8 0L8 8L6 8Z' : 'M0 0L8 4L0 8Z';
  return `<marker id="tip-${verdict}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path class="${verdict}-tip" d="${shape}"/></marker>`;
}

function drawLegend(verdict: Verdict, y: number): readonly string[] {
  return [
    `<path class="link ${verdict}" d="M${MARGIN} ${y}L${MARGIN + 36} ${y}" marker-end="url(#tip-${verdict})"/>`,
    svgText(MARGIN + 48, y + 4, VERDICT_TEXT[verdict], 'quiet'),
  ];
}
