/** Claims as a picture: a bar from the low to the high end of each ratio, its median, and the bound. The same JSON gives the same bytes. */
import { judgements, type Judgement } from './result.ts';
import type { BenchReport } from './report.ts';
import { figureText } from './table.ts';

const WIDTH = 960;
const LABELS = 470;
const RIGHT = 90;
const ROW = 26;
const HEAD = 34;

/** One SVG for some reports. */
export function plotOf(reports: readonly BenchReport[]): string {
  const rows = reports.flatMap((report) => judgements(report));
  const most = Math.max(1, ...rows.flatMap((row) => [row.ratio.high, boundOf(row)])) * 1.05;
  const height = HEAD + rows.length * ROW + 26;
  const x = (ratio: number): number => round(LABELS + (ratio / most) * (WIDTH - LABELS - RIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    '<!-- drawn by npm run bench -- --draw; not edited -->',
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="12" y="20" font-weight="600" fill="#1b1f24">ratio to the other, and the bound to keep</text>`,
    `<line x1="${x(1)}" y1="${HEAD - 6}" x2="${x(1)}" y2="${height - 22}" stroke="#b8bec6" stroke-dasharray="3 3"/>`,
    `<text x="${x(1)}" y="${height - 8}" text-anchor="middle" fill="#57606a">1 = as much as the other</text>`,
    ...rows.map((row, index) => bar(row, HEAD + index * ROW, x)),
    '</svg>',
    '',
  ].join('\n');
}

function bar(row: Judgement, top: number, x: (ratio: number) => number): string {
  const { claim, ratio, verdict } = row;
  const { subject, against } = claim;
  const same = subject.contender === against.contender;
  const compared = same
    ? `${subject.case} / ${against.case}: ${subject.contender}`
    : `${subject.case}: ${subject.contender} / ${against.contender}`;
  const label = `${compared}, ${subject.metric}`;
  const colour = verdict === 'met' ? '#1a7f37' : verdict === 'missed' ? '#b42318' : '#8a6d00';
  const middle = top + ROW / 2;
  const bound = x(boundOf(row));
  return [
    `<text x="${LABELS - 10}" y="${middle + 4}" text-anchor="end" fill="#1b1f24">${escaped(label)}</text>`,
    `<line x1="${x(0)}" y1="${middle}" x2="${x(ratio.median)}" y2="${middle}" stroke="${colour}" stroke-opacity="0.35" stroke-width="10"/>`,
    `<line x1="${x(ratio.low)}" y1="${middle}" x2="${x(ratio.high)}" y2="${middle}" stroke="${colour}" stroke-width="3"/>`,
    `<line x1="${bound}" y1="${top + 4}" x2="${bound}" y2="${top + ROW - 4}" stroke="#1b1f24" stroke-width="2"/>`,
    `<text x="${WIDTH - RIGHT + 12}" y="${middle + 4}" fill="${colour}">${figureText(ratio.median)} ${'atMost' in claim.bound ? '≤' : '≥'} ${boundOf(row)}</text>`,
  ].join('\n');
}

function boundOf({ claim: { bound } }: Judgement): number {
  return 'atMost' in bound ? bound.atMost : bound.atLeast;
}

function round(figure: number): number {
  return Math.round(figure * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
