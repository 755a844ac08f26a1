/** The web as it is built, page by page: what is transferred, when it is painted, how it moves and how long it blocks. */
import { randomBytes } from 'node:crypto';
import { Member } from '../../demo/member.ts';
import { startBuiltPlatform } from '../../test/e2e/built-platform.ts';
import { launchBrowser } from '../../test/e2e/chromium.ts';
import { uploadFilm, untilReady } from '../../test/e2e/film.ts';
import { SCRIPT_MAX_BYTES } from '../../test/e2e/script-weight.ts';
import type { AreaResult, BenchArea, BenchOptions } from '../frame/result.ts';
import { interleavedRounds, type Figures } from '../frame/rounds.ts';
import { KINDS, LOAD_CONDITIONS, measurePageLoad, type PageLoad } from './page-load.ts';

const ROUNDS = 5;
const CASE = 'first load of a page, by a guest with an empty cache';

/** Starts the platform with a few films on it, and loads its pages. */
async function run(options: BenchOptions): Promise<AreaResult> {
  options.progress('builds the web and starts the platform');
  const platform = await startBuiltPlatform({ env: { '*': { RATE_LIMIT: '100000' } } });
  const browser = await launchBrowser();
  try {
    const ada = new Member(platform.url, identity());
    await ada.signUp();
    const videoIds: string[] = [];
    for (const [picture, title] of Object.entries(FILMS)) {
      const clip = { picture, seconds: 4, size: '640x360' };
      videoIds.push(await uploadFilm(ada, { title, visibility: 'public', tags: ['test-picture'] }, clip));
    }
    for (const videoId of videoIds) await untilReady(ada, videoId);
    const pages = [
      { name: 'home', path: '/' },
      { name: 'watch', path: `/watch/${String(videoIds[0])}` },
      { name: 'search', path: '/search?q=bars' },
      { name: 'log in', path: '/login' },
    ];
    const series = await interleavedRounds(CASE, pages, options.rounds ?? ROUNDS, options, async ({ path }) =>
      figuresOf(await measurePageLoad(browser, `${platform.url}${path}`)),
    );
    const { cpuSlowdown, latencyMs, bytesPerSecond } = LOAD_CONDITIONS;
    return {
      area: 'web',
      series,
      claims: [],
      versions: { Chromium: browser.version() },
      notes: [
        `processor slowed ${cpuSlowdown} times; line of ${latencyMs} ms and ${(bytesPerSecond * 8) / 1e6} Mbit/s; screen of 412×823`,
        'bytes by kind are as transferred, packed with gzip as the manifest of the web says, with the headers of the answers; FCP, LCP, CLS and TBT are what the browser itself reports',
        `script bodies are the scripts without those headers: home may need ${SCRIPT_MAX_BYTES / 1000} kB of them, which test/e2e/first-page.test.ts holds`,
      ],
    };
  } finally {
    await browser.close();
    await platform.stop();
  }
}

/** `npm run bench -- web`, also `npm run bench:web`. */
export const webArea: BenchArea = { run };

const FILMS: Readonly<Record<string, string>> = {
  smptehdbars: 'Colour bars',
  testsrc2: 'Test picture with a clock',
  rgbtestsrc: 'Red, green, blue bars',
};

function identity() {
  const handle = `ada_${randomBytes(3).toString('hex')}`;
  return { handle, displayName: 'Ada', password: `correct horse ${handle}` };
}

function figuresOf(load: PageLoad): Figures {
  const kilobytes = KINDS.map((kind) => [kind, { figure: load.transferred[kind] / 1000, unit: 'kB' }] as const);
  return {
    ...Object.fromEntries(kilobytes),
    'script bodies': { figure: load.scriptBodies / 1000, unit: 'kB' },
    requests: { figure: load.requests, unit: '' },
    FCP: { figure: load.firstPaintMs, unit: 'ms' },
    LCP: { figure: load.largestPaintMs, unit: 'ms' },
    CLS: { figure: load.layoutShift, unit: '' },
    TBT: { figure: load.blockedMs, unit: 'ms' },
  };
}
