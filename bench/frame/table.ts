/** Results as Markdown tables, which read well in a terminal too. */
import type { MachineRecord } from './machine.ts';
import { judgements, type AreaResult, type Judgement, type Series } from './result.ts';
import { summaryOf } from './statistics.ts';

/** All of an area. */
export function areaText(result: AreaResult, machine: MachineRecord): string {
  const cases = [...new Set(result.series.map((one) => one.case))];
  return [
    `## ${result.area}`,
    '',
    ...cases.flatMap((title) => [
      caseTable(
        title,
        result.series.filter((one) => one.case === title),
      ),
      '',
    ]),
    ...claimLines(judgements(result)),
    ...Object.entries(result.versions).map(([name, version]) => `- ${name}: ${version}`),
    ...result.notes.map((note) => `- ${note}`),
    `- machine: ${machine.model}, ${machine.cores} cores, Node ${machine.node}; waiting ${machine.waiting}, spread ${machine.spread}`,
    ...(machine.noise.length === 0
      ? []
      : [`- **the machine was too noisy to judge absolute figures**: ${machine.noise.join('; ')}`]),
    '',
  ].join('\n');
}

/** A row a contender, a column a metric; median and the 95 % interval of the median. */
function caseTable(title: string, series: readonly Series[]): string {
  const metrics = [...new Set(series.map(({ metric }) => metric))];
  const contenders = [...new Set(series.map(({ contender }) => contender))];
  const cell = (contender: string, metric: string): string => {
    const found = series.find((one) => one.contender === contender && one.metric === metric);
    if (found === undefined) return '–';
    const { median, low, high } = summaryOf(found.samples);
    return `${figureText(median)} ${found.unit} (${figureText(low)}–${figureText(high)})`;
  };
  const rows = contenders.map((contender) => [contender, ...metrics.map((metric) => cell(contender, metric))]);
  return markdownTable([title, ...metrics], rows);
}

function claimLines(found: readonly Judgement[]): readonly string[] {
  if (found.length === 0) return [];
  const rows = found.map(({ claim, ratio, verdict }) => {
    const { subject, against, bound, per } = claim;
    const other = subject.case === against.case ? '' : ` at ${against.case}`;
    const wanted = 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`;
    return [
      `${subject.case}: ${subject.contender}, ${subject.metric}${per === undefined ? '' : ' for each'}`,
      `${against.contender}${other}`,
      `${figureText(ratio.median)} (${figureText(ratio.low)}–${figureText(ratio.high)})`,
      wanted,
      verdict === 'unclear' ? 'too noisy to judge' : verdict,
    ];
  });
  return [markdownTable(['claim', 'against', 'ratio', 'bound', 'verdict'], rows), ''];
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Three figures that count. */
export function figureText(figure: number): string {
  const digits = Math.abs(figure) >= 100 ? 0 : Math.abs(figure) >= 10 ? 1 : 2;
  return figure.toFixed(digits);
}
