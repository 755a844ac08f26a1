/** Every page, with something on it and with nothing: what is claimed of all of them. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userApi, videoApi } from '#contracts';
import { eventually } from '#test-support/eventually';
import type { Member } from '../../demo/member.ts';
import { NARROW, newMember, openPage, pageOf } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { uploadFilm, untilReady } from './film.ts';
import { faultsOf, FAULTLESS, seriousViolations, showTheme, sidewaysPixels } from './page-claims.ts';

/** As long as is allowed, and one word that does not break by itself. */
const LONG_TITLE = `An unusually long title, ${'verylongword'.repeat(6)}`.slice(0, 120);

let browser: Browser;
let ada: Member;
let videoId: string;
const pages: Partial<Record<'guest' | 'newcomer' | 'ada', Page>> = {};

beforeAll(async () => {
  [browser, ada] = [await launchBrowser(), await newMember('Ada')];
  const [bob, newcomer] = [await newMember('Bob'), await newMember('Newcomer')];
  const clip = { picture: 'testsrc', seconds: 2, size: '320x180' };
  videoId = await uploadFilm(ada, { title: LONG_TITLE, visibility: 'public', tags: ['long'] }, clip);
  await uploadFilm(ada, { title: 'Not public', visibility: 'private' }, clip);
  await untilReady(ada, videoId);
  const params = { videoId };
  await eventually(async () => {
    await bob.call(userApi, 'followUser', { params: { handle: ada.identity.handle } });
    await bob.call(videoApi, 'addComment', { params, body: { text: 'A word on it. '.repeat(20) } });
    await ada.call(userApi, 'recordHistoryEntry', { params, body: { positionSeconds: 1, durationSeconds: 2 } });
  });
  pages.guest = await openPage(browser);
  pages.newcomer = await pageOf(browser, newcomer);
  pages.ada = await pageOf(browser, ada);
});
afterAll(async () => await browser.close());

describe.each([
  ['guest', '/'],
  ['guest', '/search?q=long'],
  ['guest', '/search?q=nothingofthekind'],
  ['guest', '/watch/:video'],
  ['guest', '/watch/no-such-video'],
  ['guest', '/@:ada'],
  ['guest', '/login'],
  ['guest', '/signup'],
  ['guest', '/first-admin#token=no-such-token'],
  ['guest', '/no/such/page'],
  ['newcomer', '/following'],
  ['newcomer', '/videos'],
  ['newcomer', '/studio'],
  ['newcomer', '/history'],
  ['newcomer', '/notifications'],
  ['newcomer', '/upload'],
  ['ada', '/videos'],
  ['ada', '/videos?edit=:video'],
  ['ada', '/studio'],
  ['ada', '/history'],
  ['ada', '/notifications'],
  ['ada', '/settings'],
] as const)('as %s, the page %s', (who, path) => {
  it('has no serious fault of accessibility, wide and light, narrow and dark; keeps to the scale; is not wider than 360 px', async () => {
    const page = pages[who];
    if (page === undefined) throw new Error(`nobody is ${who}`);
    await page.goto(path.replace(':video', videoId).replace(':ada', ada.identity.handle));
    expect(await faultsOf(page)).toEqual(FAULTLESS);
  });
});

describe('a page with nothing on it', () => {
  it.each([
    ['/following', 'Find someone to follow'],
    ['/videos', 'Upload a video'],
    ['/studio', 'Upload a video'],
    ['/history', 'Find something to watch'],
    ['/notifications', 'Find someone to follow'],
    ['/search?q=nothingofthekind', 'See new videos'],
  ])('%s says so in one sentence, and leads on: %s', async (path, next) => {
    const page = pages.newcomer;
    await page?.goto(path);
    expect(await page?.locator('main p.max-w-prose').textContent()).toMatch(/^[^.!?]+\.$/);
    await page?.locator('main p.max-w-prose + a', { hasText: next }).waitFor();
  });
});

describe('a table', () => {
  it.each([360, 640, 768, 820, 1024, 1100, 1280, 1920])('has room for its titles at %i px', async (width) => {
    const page = await pageOf(browser, ada, { viewport: { width, height: 800 } });
    await page.goto('/videos');
    const title = page.getByRole('table', { name: 'My videos' }).getByRole('link', { name: LONG_TITLE, exact: true });
    // beside its poster
    expect((await title.boundingBox())?.width).toBeGreaterThanOrEqual(120);
    expect(await sidewaysPixels(page)).toBe(0);
    await page.context().close();
  });

  it('has its cells in a row; on a narrow screen each row is a card, with its cells below one another', async () => {
    const page = await pageOf(browser, ada);
    await page.goto('/videos');
    const cells = page.getByRole('table', { name: 'My videos' }).getByRole('row').nth(1).getByRole('cell');
    await cells.first().waitFor();
    const places = async () =>
      await cells.evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect()).map(({ x, y }) => ({ x, y })));
    const columns = await places();
    expect(new Set(columns.map(({ y }) => y)).size).toBe(1);
    await page.setViewportSize(NARROW);
    const lines = await places();
    expect(new Set(lines.map(({ x }) => x)).size).toBe(1);
    expect(lines.every(({ y }, index) => index === 0 || y > (lines[index - 1]?.y ?? 0))).toBe(true);
    await page.context().close();
  });
});

describe('what floats over a page', () => {
  it.each([
    ['the bell', 'Notifications', 'dialog'],
    ['the account menu', 'Account menu', 'menu'],
  ] as const)('%s has no serious fault either, light and dark', async (_, button, role) => {
    const page = await pageOf(browser, ada);
    await page.goto('/');
    await page.getByRole('button', { name: new RegExp(`^${button}`) }).click();
    await page.getByRole(role).first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await showTheme(page, colorScheme);
      expect(await seriousViolations(page)).toEqual([]);
    }
    await page.context().close();
  });
});
