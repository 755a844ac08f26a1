/** Rounds in which every contender runs once, each round starting at another one, so that drift of the machine hits all alike. */
import { measureProcess, type MeasuredCommand } from './measured-process.ts';
import type { BenchOptions, Series } from './result.ts';

/** Someone who does what a case asks for. */
export interface Contender extends MeasuredCommand {
  readonly name: string;
  /** Runs before each measured run and is not measured. */
  readonly prepare?: () => void;
}

/** Figures of one run: metric → figure. */
export type Figures = Readonly<Record<string, { readonly figure: number; readonly unit: string }>>;

/** Runs each contender once to warm the file cache, then `rounds` times in turn; one series a contender and metric. */
export async function interleavedRounds<T extends { readonly name: string }>(
  title: string,
  contenders: readonly T[],
  rounds: number,
  { progress, watchMachine }: BenchOptions,
  measure: (contender: T) => Promise<Figures>,
): Promise<readonly Series[]> {
  for (const contender of contenders) await measure(contender);
  const runs = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    progress(`${title}: round ${round + 1} of ${rounds}`);
    watchMachine();
    const first = round % contenders.length;
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      runs.get(contender.name)?.push(await measure(contender));
    }
  }
  return [...runs].flatMap(([contender, figures]) => seriesOf(title, contender, figures));
}

/** {@link interleavedRounds} of processes that run to their end: CPU, wall time and peak memory. */
export async function processRounds(
  title: string,
  contenders: readonly Contender[],
  rounds: number,
  options: BenchOptions,
): Promise<readonly Series[]> {
  return await interleavedRounds(title, contenders, rounds, options, async (contender) => {
    contender.prepare?.();
    const { cpuSeconds, wallSeconds, peakMemoryMiB } = await measureProcess(contender);
    return {
      CPU: { figure: cpuSeconds * 1000, unit: 'ms' },
      wall: { figure: wallSeconds * 1000, unit: 'ms' },
      'peak memory': { figure: peakMemoryMiB, unit: 'MiB' },
    };
  });
}

function seriesOf(title: string, contender: string, runs: readonly Figures[]): readonly Series[] {
  return Object.entries(runs[0] ?? {}).map(([metric, { unit }]) => ({
    case: title,
    contender,
    metric,
    unit,
    samples: runs.map((run) => run[metric]?.figure ?? Number.NaN),
  }));
}
