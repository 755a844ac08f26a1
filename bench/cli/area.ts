/** `npm run bench -- cli`: what `lint` and `fix` cost on streams of different length; time and memory are to grow no faster than the stream. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processRounds } from '../frame/rounds.ts';
import type { AreaResult, BenchArea, BenchOptions, Claim, Series } from '../frame/result.ts';
import { faultyStream, manifestStream } from './manifest-stream.ts';

/** Objects in a stream. */
const LENGTHS = [2_000, 5_000, 10_000] as const;
/** What is run, and on which stream. */
const CASES = [
  { name: 'lint', subcommand: 'lint', stream: manifestStream, exitCode: 0 },
  { name: 'lint with findings', subcommand: 'lint', stream: faultyStream, exitCode: 1 },
  { name: 'fix --check', subcommand: 'fix --check', stream: manifestStream, exitCode: 0 },
] as const;
const ROUNDS = 3;
/** How much dearer an object of the longest stream may be than one of the shortest. */
const GROWTH = 1.25;
const COMMAND_LINE = 'build/cli/cdk8s-nats.mjs';

/** The area. */
export const cliArea: BenchArea = { run };

async function run(options: BenchOptions): Promise<AreaResult> {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-bench-'));
  try {
    const series: Series[] = [];
    for (const it of CASES) {
      for (const length of LENGTHS) writeFileSync(join(folder, `${length}.yaml`), it.stream(length));
      series.push(...(await processRounds(it.name, contenders(it, folder), options.rounds ?? ROUNDS, options)));
    }
    return {
      area: 'cli',
      series,
      claims: claims(),
      versions: { node: process.version, 'cdk8s-nats': version() },
      notes: [],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function contenders({ subcommand, exitCode }: (typeof CASES)[number], folder: string) {
  return LENGTHS.map((length) => ({
    name: `${length} objects`,
    command: [process.execPath, COMMAND_LINE, ...subcommand.split(' '), join(folder, `${length}.yaml`)],
    exitCode,
  }));
}

function claims(): readonly Claim[] {
  const [shortest, longest] = [LENGTHS[0], LENGTHS[2]];
  return CASES.flatMap(({ name }) =>
    ['CPU', 'peak memory'].map((metric) => ({
      subject: { case: name, contender: `${longest} objects`, metric },
      against: { case: name, contender: `${shortest} objects`, metric },
      per: [longest, shortest] as const,
      bound: { atMost: GROWTH },
    })),
  );
}

function version(): string {
  return (JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }).version;
}
