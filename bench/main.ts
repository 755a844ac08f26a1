/** `npm run bench -- [area …] [--rounds N] [--json FILE]`: measures, prints tables, and writes all samples as JSON. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readArguments, UsageError } from '#command-line';
import { AREAS } from './areas.ts';
import { loadAverage, MachineWatch } from './frame/machine.ts';
import { plotOf } from './frame/plot.ts';
import type { BenchReport } from './frame/report.ts';
import { areaText } from './frame/table.ts';

const HELP = `npm run bench -- [area ...] [options]

Measures beside peers, prints tables, and says which claims were met. Without an area, all in this order:
${Object.keys(AREAS).join(', ')}.

  --rounds N     rounds of each case; a whole number from 1   (default: what each case is given)
  --json FILE    writes all samples there
  --draw         draws FILE.json of an earlier run as FILE.svg: npm run bench -- --draw FILE.json
  --help         this text

Ends with 0 when it measured, whatever was met; with 2 when it was asked for something that it does not have.
`;

try {
  await run();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  progress(`${error.message}\nsee npm run bench -- --help`);
  process.exitCode = 2;
}

async function run(): Promise<void> {
  const { values, positionals } = readArguments(process.argv.slice(2), {
    rounds: { type: 'string' },
    json: { type: 'string' },
    draw: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) process.stdout.write(HELP);
  else if (values.draw) positionals.forEach(draw);
  else await measure(areasAsked(positionals), roundsAsked(values.rounds), values.json);
}

async function measure(names: readonly string[], rounds: number | undefined, json: string | undefined): Promise<void> {
  progress(`load of the machine before: ${loadAverage()}`);
  const reports: BenchReport[] = [];
  for (const name of names) {
    const area = await AREAS[name]?.();
    if (area === undefined) continue;
    const machine = new MachineWatch();
    const result = await area.run({ rounds, progress, watchMachine: machine.sample });
    const report = { ...result, machine: machine.record() };
    process.stdout.write(`${areaText(report, report.machine)}\n`);
    reports.push(report);
  }
  if (json !== undefined) {
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, `${JSON.stringify(reports, undefined, 1)}\n`);
    progress(`samples written to ${json}`);
  }
}

function areasAsked(names: readonly string[]): readonly string[] {
  const unknown = names.filter((name) => !Object.hasOwn(AREAS, name));
  if (unknown.length > 0) {
    throw new UsageError(`no area is called ${unknown.join(', ')}: there is ${Object.keys(AREAS).join(', ')}`);
  }
  return names.length === 0 ? Object.keys(AREAS) : names;
}

function roundsAsked(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds ${text}: must be a whole number from 1`);
  }
  return rounds;
}

/** The picture beside its JSON. */
function draw(file: string): void {
  const reports = JSON.parse(readFileSync(file, 'utf8')) as readonly BenchReport[];
  const picture = file.replace(/\.json$/, '.svg');
  writeFileSync(picture, plotOf(reports));
  progress(`drawn: ${picture}`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
