/**
 * What an area hands to the frame, and what `--json` writes.
 * case: what is asked for, such as `7 services`. contender: who does it. round: every contender once, so that the figures
 * of one round belong together and are compared as a ratio.
 */
import { summaryOf, type Summary } from './statistics.ts';

/** Figures of one contender in one case, one a round. */
export interface Series {
  readonly case: string;
  readonly contender: string;
  /** Such as `CPU` or `p99`. */
  readonly metric: string;
  /** Such as `ms`, `MiB`, `requests/s`. */
  readonly unit: string;
  readonly samples: readonly number[];
}

/** Names a series. */
export interface SeriesName {
  readonly case: string;
  readonly contender: string;
  readonly metric: string;
}

/** What is to be shown: the ratio of two series stays within a bound. */
export interface Claim {
  readonly subject: SeriesName;
  readonly against: SeriesName;
  /** Figures are divided by these first, for a ratio per service. @default 1 and 1 */
  readonly per?: readonly [number, number];
  readonly bound: { readonly atMost: number } | { readonly atLeast: number };
}

/** Everything that an area measured. */
export interface AreaResult {
  readonly area: string;
  readonly series: readonly Series[];
  readonly claims: readonly Claim[];
  /** Versions of what was measured. */
  readonly versions: Readonly<Record<string, string>>;
  /** What a reader must know: a peer that is not installed, a setting that differs. */
  readonly notes: readonly string[];
}

/** An area that `npm run bench -- <name>` measures. */
export interface BenchArea {
  readonly run: (options: BenchOptions) => Promise<AreaResult>;
}

/** What an area is told. */
export interface BenchOptions {
  /** Rounds asked for on the command line; undefined leaves it to the area. */
  readonly rounds: number | undefined;
  /** A line of progress. */
  readonly progress: (line: string) => void;
  /** To be called once a round: keeps a record of how busy the machine was. */
  readonly watchMachine: () => void;
}

/** A claim as it came out. */
export interface Judgement {
  readonly claim: Claim;
  readonly ratio: Summary;
  /** `unclear`: the interval of the ratio lies on both sides of the bound. */
  readonly verdict: 'met' | 'missed' | 'unclear';
}

/** Judges the claims whose series are there; a peer that is not installed leaves its claims out. */
export function judgements({ series, claims }: AreaResult): readonly Judgement[] {
  return claims.flatMap((claim) => {
    const subject = findSeries(series, claim.subject);
    const against = findSeries(series, claim.against);
    if (subject === undefined || against === undefined) return [];
    const [perSubject, perAgainst] = claim.per ?? [1, 1];
    const rounds = Math.min(subject.samples.length, against.samples.length);
    const ratios = subject.samples
      .slice(0, rounds)
      .map((figure, round) => figure / perSubject / ((against.samples[round] ?? Number.NaN) / perAgainst));
    const ratio = summaryOf(ratios);
    return [{ claim, ratio, verdict: verdictOf(ratio, claim.bound) }];
  });
}

/** Series by name. */
export function findSeries(series: readonly Series[], name: SeriesName): Series | undefined {
  return series.find((one) => one.case === name.case && one.contender === name.contender && one.metric === name.metric);
}

function verdictOf({ low, high }: Summary, bound: Claim['bound']): Judgement['verdict'] {
  const [within, beyond] =
    'atMost' in bound ? [high <= bound.atMost, low > bound.atMost] : [low >= bound.atLeast, high < bound.atLeast];
  return within ? 'met' : beyond ? 'missed' : 'unclear';
}
