/**
 * Films: CPU of the transcoder per second of film, by kind, at the ladder of the platform. CPU is the user and system time of
 * ffmpeg and ffprobe, as the kernel counts it, so other load on the machine disturbs it little. `BENCH_BEFORE` names a folder
 * with an earlier state of the repository (`git archive`), whose transcoder makes the ordinary kinds too.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transcode as transcodeNow } from '#services/media/transcode/transcoder';
import type { AreaResult, BenchArea, Claim } from '../frame/result.ts';
import { interleavedRounds, type Figures } from '../frame/rounds.ts';
import { RECIPES, type Recipe } from './recipes.ts';

const ROUNDS = 3;
const LADDER = [
  { height: 240, kilobitsPerSecond: 400 },
  { height: 480, kilobitsPerSecond: 1200 },
  { height: 720, kilobitsPerSecond: 2800 },
];
const SETTINGS = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', threads: 1, timeoutSeconds: 600, memoryMib: 768 };
const METRIC = 'CPU per second of film';
/** Clock ticks a second in /proc. */
const TICKS = 100;
/** Ordinary films may take this much of what they took before. */
const NOT_SLOWER = 1.05;

type Transcode = typeof transcodeNow;

/** The area `films`. */
export const filmsArea: BenchArea = {
  run: async (options): Promise<AreaResult> => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-films-'));
    const before = await transcoderBefore();
    try {
      const series = [];
      for (const recipe of RECIPES) {
        execFileSync('ffmpeg', ['-v', 'error', '-y', ...recipe.args, recipe.file], { cwd: folder });
        const contenders = [
          { name: 'now', transcode: transcodeNow },
          ...(before === undefined || recipe.isOrdinary !== true ? [] : [{ name: 'before', transcode: before }]),
        ];
        const measure = async ({ transcode }: { readonly transcode: Transcode }): Promise<Figures> =>
          await measureOnce(transcode, folder, recipe);
        series.push(...(await interleavedRounds(recipe.name, contenders, options.rounds ?? ROUNDS, options, measure)));
      }
      return { area: 'films', series, claims: RECIPES.flatMap(claimsOn), versions: { ffmpeg: version() }, notes: [] };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function transcoderBefore(): Promise<Transcode | undefined> {
  const root = process.env.BENCH_BEFORE;
  if (root === undefined) return undefined;
  const url = pathToFileURL(resolve(root, 'services/media/transcode/transcoder.ts')).href;
  const module = (await import(url)) as { readonly transcode: Transcode };
  return module.transcode;
}

async function measureOnce(transcode: Transcode, folder: string, { file }: Recipe): Promise<Figures> {
  const made = mkdtempSync(join(folder, 'made-'));
  const from = childrenSeconds();
  const { durationSeconds } = await transcode({
    ...{ file: join(folder, file), folder: made },
    settings: { ...SETTINGS, ladder: LADDER },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  const spent = childrenSeconds() - from;
  rmSync(made, { recursive: true });
  return { [METRIC]: { figure: spent / durationSeconds, unit: 's' } };
}

/** User and system time of all children that have ended. */
function childrenSeconds(): number {
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(13, 15).map(Number);
  return (user + system) / TICKS;
}

function claimsOn({ name, plain, atMost = 3, isOrdinary }: Recipe): Claim[] {
  const own = { case: name, contender: 'now', metric: METRIC };
  return [
    ...(plain === undefined ? [] : [{ subject: own, against: { ...own, case: plain }, bound: { atMost } }]),
    ...(isOrdinary === true
      ? [{ subject: own, against: { ...own, contender: 'before' }, bound: { atMost: NOT_SLOWER } }]
      : []),
  ];
}

function version(): string {
  return execFileSync('ffmpeg', ['-version'], { encoding: 'utf8' }).split(' ')[2] ?? '';
}
