/** `npm run bench -- cli`: what `lint` and `fix` cost on streams of different length; time and memory are to grow no faster than the stream. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processRounds } from '../frame/rounds.ts';
import type { AreaResult, BenchArea, BenchOptions, Claim, Series } from '../frame/result.ts';
import { manifestStream } from './manifest-stream.ts';

/** Objects in a stream. */
const LENGTHS = [2_000, 5_000, 10_000] as const;
const SUBCOMMANDS = ['lint', 'fix --check'] as const;
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
    for (const length of LENGTHS) writeFileSync(join(folder, `${length}.yaml`), manifestStream(length));
    const series: Series[] = [];
    for (const subcommand of SUBCOMMANDS) {
      series.push(
        ...(await processRounds(subcommand, contenders(subcommand, folder), options.rounds ?? ROUNDS, options)),
      );
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

function contenders(subcommand: string, folder: string) {
  return LENGTHS.map((length) => ({
    name: `${length} objects`,
    command: [process.execPath, COMMAND_LINE, ...subcommand.split(' '), join(folder, `${length}.yaml`)],
  }));
}

function claims(): readonly Claim[] {
  const [shortest, longest] = [LENGTHS[0], LENGTHS[2]];
  return SUBCOMMANDS.flatMap((subcommand) =>
    ['CPU', 'peak memory'].map((metric) => ({
      subject: { case: subcommand, contender: `${longest} objects`, metric },
      against: { case: subcommand, contender: `${shortest} objects`, metric },
      per: [longest, shortest] as const,
      bound: { atMost: GROWTH },
    })),
  );
}

function version(): string {
  return (JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }).version;
}
