/** `npm run bench -- [area …] [--rounds N] [--json FILE]`: measures, prints tables, and writes all samples as JSON. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { AREAS } from './areas.ts';
import { loadAverage, MachineWatch } from './frame/machine.ts';
import { plotOf } from './frame/plot.ts';
import type { BenchReport } from './frame/report.ts';
import { areaText } from './frame/table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, json: { type: 'string' }, draw: { type: 'boolean', default: false } },
});

if (values.draw) {
  for (const file of positionals) draw(file);
} else {
  await measure(positionals.length === 0 ? Object.keys(AREAS) : positionals);
}

async function measure(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(AREAS, name));
  if (unknown.length > 0) {
    throw new Error(`no area is called ${unknown.join(', ')}: there is ${Object.keys(AREAS).join(', ')}`);
  }
  progress(`load of the machine before: ${loadAverage()}`);
  const reports: BenchReport[] = [];
  for (const name of names) {
    const area = await AREAS[name]?.();
    if (area === undefined) continue;
    const machine = new MachineWatch();
    const result = await area.run({ rounds: roundsAsked(), progress, watchMachine: machine.sample });
    const report = { ...result, machine: machine.record() };
    process.stdout.write(`${areaText(report, report.machine)}\n`);
    reports.push(report);
  }
  if (values.json !== undefined) {
    mkdirSync(dirname(values.json), { recursive: true });
    writeFileSync(values.json, `${JSON.stringify(reports, undefined, 1)}\n`);
    progress(`samples written to ${values.json}`);
  }
}

function roundsAsked(): number | undefined {
  if (values.rounds === undefined) return undefined;
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: must be a whole number from 1`);
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
