/** How pages look before, while and after they are read: theme, font, skeletons, rings, and what moves. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Member } from '../../demo/member.ts';
import { NARROW, newMember, openPage, pageOf, untilTrue } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { untilReady, uploadFilm } from './film.ts';
import { focusStops, longMotions } from './page-looks.ts';

/** Longest motion, in seconds. */
const MOTION_MAX = 0.2;

let browser: Browser;
let ada: Member;
let videoId: string;

beforeAll(async () => {
  [browser, ada] = [await launchBrowser(), await newMember('Ada')];
  const clip = { picture: 'testsrc', seconds: 2, size: '320x180' };
  videoId = await uploadFilm(ada, { title: 'Looked at', visibility: 'public', tags: ['looks'] }, clip);
  await untilReady(ada, videoId);
});
afterAll(async () => await browser.close());

/** Keeps requests waiting until the function is called. */
async function hold(page: Page, url: RegExp): Promise<() => void> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(url, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

async function boxes(page: Page, ...selectors: readonly string[]) {
  return await Promise.all(selectors.map(async (selector) => await page.locator(selector).first().boundingBox()));
}

describe('a page that is loaded', () => {
  it('shows no frame in another theme than the one of the system or the one that was chosen', async () => {
    const page = await openPage(browser, { colorScheme: 'dark' });
    await page.addInitScript(`
      globalThis.shownThemes = new Set();
      const look = () => {
        const ground = document.body && getComputedStyle(document.documentElement).backgroundColor;
        if (ground) globalThis.shownThemes.add(document.documentElement.dataset.theme + ' on ' + ground);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    `);
    await page.goto('/');
    await page.getByRole('heading', { name: 'New' }).waitFor();
    expect(await page.evaluate('[...shownThemes]')).toEqual(['dark on rgb(18, 18, 20)']);
    await page.getByRole('button', { name: 'Light theme' }).click();
    await page.locator('html[data-theme="light"]').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'New' }).waitFor();
    expect(await page.evaluate('[...shownThemes]')).toEqual(['light on rgb(255, 255, 255)']);
    await page.context().close();
  });

  it('asks nobody but its own origin, and has one variable font', async () => {
    const page = await openPage(browser);
    const origins = new Set<string>();
    page.on('request', (request) => origins.add(new URL(request.url()).origin));
    await page.goto(`/watch/${videoId}`);
    await page.locator('video').waitFor();
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    expect([...origins].filter((origin) => origin !== 'null')).toEqual([inject('origin')]);
    const fonts = await page.evaluate(
      `[...document.fonts].filter(({ status }) => status === 'loaded').map(({ family, weight }) => family + ' ' + weight)`,
    );
    expect(new Set(fonts as string[])).toEqual(new Set(['Inter Variable 100 900']));
    await page.context().close();
  });
});

describe('a page that is read', () => {
  it('shows a skeleton where its films will be: nothing moves when they come', async () => {
    const page = await pageOf(browser, ada);
    const release = await hold(page, /\/api\/video\/videos\?/);
    await page.goto('/');
    await page.getByRole('status', { name: 'Loading videos' }).waitFor();
    const frame = ['header', 'nav[aria-label="Main"]'] as const;
    const before = await boxes(page, 'main .aspect-video', ...frame);
    release();
    await page.getByRole('list', { name: 'New videos' }).waitFor();
    expect(await boxes(page, 'main .aspect-video', ...frame)).toEqual(before);
    expect(before.every((box) => box !== null)).toBe(true);
    await page.context().close();
  });

  it('shows a skeleton where its player will be', async () => {
    const page = await pageOf(browser, ada);
    const release = await hold(page, new RegExp(`/api/video/videos/${videoId}$`));
    await page.goto(`/watch/${videoId}`);
    await page.getByRole('status', { name: 'Loading video', exact: true }).waitFor();
    const before = await boxes(page, 'main .aspect-video', 'header');
    release();
    await page.locator('video').waitFor();
    expect(await boxes(page, '.player', 'header')).toEqual(before);
    await page.context().close();
  });

  it('has the place of the button that follows before it is known whether one does', async () => {
    const page = await openPage(browser, { viewport: NARROW });
    const release = await hold(page, /\/api\/user\/profiles\//);
    await page.goto(`/watch/${videoId}`);
    const share = page.getByRole('button', { name: 'Share' });
    await share.waitFor();
    const before = await share.boundingBox();
    release();
    await page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
    expect(await share.boundingBox()).toEqual(before);
    await page.context().close();
  });

  it('has the place of a poster before it is there', async () => {
    const page = await openPage(browser);
    const release = await hold(page, /poster/);
    // the page is loaded once its posters are, which wait
    await page.goto('/', { waitUntil: 'commit' });
    const poster = page.getByRole('list', { name: 'New videos' }).locator('img').first();
    await poster.waitFor();
    const before = await poster.boundingBox();
    expect((before?.width ?? 0) / (before?.height ?? 1)).toBeCloseTo(16 / 9, 1);
    release();
    await untilTrue(page, `[...document.images].some(({ naturalWidth }) => naturalWidth > 100)`);
    expect(await poster.boundingBox()).toEqual(before);
    await page.context().close();
  });
});

describe('a page that is used', () => {
  it.each([
    ['home', '/', 12],
    ['the page of a film', '/watch/:video', 18],
    ['the studio', '/studio', 12],
  ])('shows a ring of 2 px in the accent at each stop of the keyboard: %s', async (_, path, least) => {
    const page = await pageOf(browser, ada);
    await page.goto(path.replace(':video', videoId));
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
    await page.locator('[data-grid-entry], video, main dl').first().waitFor();
    const stops = await focusStops(page);
    expect(stops.filter(({ ringed }) => !ringed).map(({ name }) => name)).toEqual([]);
    expect(stops.length).toBeGreaterThanOrEqual(least);
    await page.context().close();
  });

  it('moves for less than 200 ms, where motion is wanted', async () => {
    const page = await pageOf(browser, ada, { reducedMotion: 'no-preference' });
    await page.goto('/');
    await page.getByRole('button', { name: /^Notifications/ }).click();
    await page.getByRole('dialog', { name: 'Notifications' }).waitFor();
    expect(await longMotions(page, MOTION_MAX)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Account menu' }).click();
    await page.getByRole('menu').waitFor();
    expect(await longMotions(page, MOTION_MAX)).toEqual([]);
    await page.goto('/videos');
    await page.getByRole('button', { name: 'Delete Looked at' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await longMotions(page, MOTION_MAX)).toEqual([]);
    await page.goto(`/watch/${videoId}`);
    await page.locator('video').waitFor();
    await page.getByRole('button', { name: 'Quality and speed' }).click();
    await page.getByRole('menu').waitFor();
    expect(await longMotions(page, MOTION_MAX)).toEqual([]);
    await page.context().close();
  });
});
