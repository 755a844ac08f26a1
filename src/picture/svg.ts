import type { Picture, PictureBand, PictureRow, Role } from './model.ts';
import { DARK, escapeXml, FONTS, LIGHT, svgHead, svgLine as line, svgText as text } from './svg-parts.ts';

/** Sizes in px, on a grid of 4. */
const ROW = 24;
const COLUMN = 104;
const LABEL = 264;
const HEADER = 72;
const BAND_HEAD = 40;
const MARGIN = 24;
const LEGEND = 48;
/** Characters of a row's label that fit before the first column. */
const LABEL_CHARACTERS = 40;

const STYLE = `
  ${LIGHT} .rule { stroke: #d9dee5 } .column { stroke: #eef1f5 }
  .head { fill: #f4f6f9; stroke: #d9dee5 } .flow { stroke: #9aa5b3 } .out { fill: #1f6feb } .in { fill: #ffffff; stroke: #1f6feb }
  .store { fill: #57606a } .read { fill: #ffffff; stroke: #57606a }
  @media (prefers-color-scheme: dark) {
    ${DARK} .rule { stroke: #2b323b } .column { stroke: #1c222a }
    .head { fill: #171c23; stroke: #2b323b } .flow { stroke: #5b6673 } .out { fill: #6ea8fe } .in { fill: #0f1318; stroke: #6ea8fe }
    .store { fill: #98a4b3 } .read { fill: #0f1318; stroke: #98a4b3 }
  }
  ${FONTS}`;

/** Draws a picture as SVG; the same picture gives the same bytes. It follows the reader's light or dark setting. */
export function svgOf(picture: Picture): string {
  const width = MARGIN * 2 + LABEL + picture.columns.length * COLUMN;
  const bandsTop = MARGIN + 32 + HEADER;
  const height = bandsTop + picture.bands.reduce((sum, band) => sum + bandHeight(band), 0) + LEGEND + MARGIN;
  const columnX = new Map(picture.columns.map(({ name }, i) => [name, MARGIN + LABEL + i * COLUMN + COLUMN / 2]));

  const parts: string[] = [];
  let y = bandsTop;
  for (const band of picture.bands) {
    parts.push(...drawBand(band, y, width, columnX));
    y += bandHeight(band);
  }
  return [
    ...svgHead(picture.title, width, height, STYLE),
    text(MARGIN, MARGIN + 16, picture.title, 'ink title'),
    ...[...columnX.values()].map((x) => line(x, bandsTop - 8, x, y, 'column')),
    ...picture.columns.flatMap(({ name, route }) => drawHeader(name, route, columnX.get(name) ?? 0)),
    ...parts,
    ...legend(y + 32, picture),
    '</svg>',
    '',
  ].join('\n');
}

function drawHeader(name: string, route: string, x: number): readonly string[] {
  const top = MARGIN + 32;
  return [
    `<rect class="head" x="${String(x - COLUMN / 2 + 4)}" y="${String(top)}" width="${String(COLUMN - 8)}" height="${String(HEADER - 16)}" rx="8"/>`,
    text(x, top + (route === '' ? 33 : 24), name, 'ink name', 'middle'),
    text(x, top + 44, route, 'quiet mono', 'middle'),
  ];
}

function drawBand(
  band: PictureBand,
  top: number,
  width: number,
  columnX: ReadonlyMap<string, number>,
): readonly string[] {
  const rule = line(MARGIN, top + 8, width - MARGIN, top + 8, 'rule');
  const title = `<tspan class="ink name">${escapeXml(band.title)}</tspan> <tspan class="quiet">${escapeXml(band.note)}</tspan>`;
  const heading = `<text x="${String(MARGIN)}" y="${String(top + 28)}">${title}</text>`;
  return [rule, heading, ...band.rows.flatMap((row, i) => drawRow(row, top + BAND_HEAD + i * ROW + ROW / 2, columnX))];
}

function drawRow(row: PictureRow, y: number, columnX: ReadonlyMap<string, number>): readonly string[] {
  const places = [...columnX].flatMap(([name, x]) =>
    row.roles[name] === undefined ? [] : [{ x, roles: row.roles[name] }],
  );
  const xs = places.map(({ x }) => x);
  const flows = places.some(({ roles }) => roles.includes('publishes') || roles.includes('consumes'));
  const span = flows && xs.length > 1 ? [line(Math.min(...xs), y, Math.max(...xs), y, 'flow')] : [];
  return [
    text(MARGIN, y + 4, shortened(row.label), 'ink mono'),
    ...span,
    ...places.flatMap(({ x, roles }) => roles.map((role, i) => mark(role, x + (i - (roles.length - 1) / 2) * 14, y))),
  ];
}

const MARK_CLASS: Readonly<Record<Role, string>> = { publishes: 'out', consumes: 'in', uses: 'store', reads: 'read' };

function mark(role: Role, x: number, y: number): string {
  const hollow = role === 'consumes' || role === 'reads' ? ' stroke-width="2"' : '';
  if (role === 'publishes' || role === 'consumes') {
    return `<circle class="${MARK_CLASS[role]}" cx="${String(x)}" cy="${String(y)}" r="5"${hollow}/>`;
  }
  return `<rect class="${MARK_CLASS[role]}" x="${String(x - 5)}" y="${String(y - 5)}" width="10" height="10" rx="2"${hollow}/>`;
}

const LEGEND_TEXT: Readonly<Record<Role, string>> = {
  publishes: 'publishes',
  consumes: 'consumes or listens',
  uses: 'reads and writes',
  reads: 'reads',
};

function legend(y: number, picture: Picture): readonly string[] {
  const drawn = new Set(picture.bands.flatMap(({ rows }) => rows.flatMap(({ roles }) => Object.values(roles).flat())));
  const roles = (Object.keys(LEGEND_TEXT) as Role[]).filter((role) => drawn.has(role));
  return roles.flatMap((role, i) => [
    mark(role, MARGIN + 6 + i * 152, y),
    text(MARGIN + 18 + i * 152, y + 4, LEGEND_TEXT[role], 'quiet'),
  ]);
}

/** A label that would run into the columns loses its middle, because subjects differ at both ends. */
function shortened(label: string): string {
  if (label.length <= LABEL_CHARACTERS) return label;
  return `${label.slice(0, 6)}…${label.slice(7 - LABEL_CHARACTERS)}`;
}

function bandHeight(band: PictureBand): number {
  return BAND_HEAD + band.rows.length * ROW + 8;
}
