/** The player and what stands around it: keys, places, choices, and where it goes on. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Member } from '../../demo/member.ts';
import { NARROW, newMember, pageOf, untilTrue, WIDE } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { untilReady, uploadFilm } from './film.ts';

/** Long enough to go on in the middle; small, so that it is ready soon; not as wide as the player, so that it could be cropped. */
const CLIP = { picture: 'testsrc', seconds: 40, size: '120x90' } as const;
const TITLE = 'Bars for long';
const DESCRIPTION = Array.from({ length: 8 }, (_, line) => `Line ${line + 1} of what is to be said of it.`).join('\n');

let browser: Browser;
let page: Page;
let videoId: string;
let bob: Member;

beforeAll(async () => {
  const ada = await newMember('Ada');
  bob = await newMember('Bob');
  browser = await launchBrowser();
  const draft = { visibility: 'public' as const, tags: ['bars'], description: DESCRIPTION };
  videoId = await uploadFilm(ada, { ...draft, title: TITLE }, CLIP);
  const related = await uploadFilm(ada, { ...draft, title: 'Bars once more' }, { ...CLIP, seconds: 1 });
  for (const one of [videoId, related]) await untilReady(ada, one);
  page = await pageOf(browser, bob, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto('/');
  await page.getByRole('link', { name: TITLE }).first().click();
  await untilTrue(page, `document.querySelector('video')?.currentTime > 0.5`);
});
afterAll(async () => await browser.close());

const state = (what: string): string => `document.querySelector('video').${what}`;
const isAt = (seconds: number): string => `Math.abs(${state('currentTime')} - ${seconds}) < 1`;

describe('the player', () => {
  it('obeys its keys while it has the focus: space, all arrows, m, digits', async () => {
    await page.locator('.player').focus();
    await page.keyboard.press(' ');
    await untilTrue(page, state('paused'));
    await page.keyboard.press('m');
    await untilTrue(page, state('muted'));
    for (const digit of [0, 1, 2, 3, 4, 6, 7, 8, 9, 5]) {
      await page.keyboard.press(String(digit));
      await untilTrue(page, isAt(digit * 4));
    }
    await page.keyboard.press('ArrowRight');
    await untilTrue(page, isAt(25));
    await page.keyboard.press('ArrowLeft');
    await untilTrue(page, isAt(20));
    await page.keyboard.press('ArrowDown');
    await untilTrue(page, `Math.abs(${state('volume')} - 0.95) < 0.001 && !${state('muted')}`);
    await page.keyboard.press('ArrowUp');
    await untilTrue(page, `${state('volume')} === 1`);
  });

  it('leaves the arrows to the page while the focus is elsewhere', async () => {
    await page.locator('main').focus();
    await page.keyboard.press('ArrowDown');
    await untilTrue(page, 'scrollY > 0');
    expect(await page.evaluate(state('volume'))).toBe(1);
    await page.keyboard.press('Home');
    await untilTrue(page, 'scrollY === 0');
  });

  it('takes the focus when one presses play', async () => {
    await page.locator('media-play-button:visible').last().click();
    await untilTrue(page, `document.activeElement.closest('.player') !== null && !${state('paused')}`);
    await page.locator('.player').focus();
    await page.keyboard.press(' ');
    await untilTrue(page, state('paused'));
  });

  it('fills the screen with f, menu and words of keys too, and leaves it with f', async () => {
    await page.keyboard.press('f');
    await untilTrue(page, `document.fullscreenElement?.matches('.player')`);
    await page.keyboard.press('5');
    await untilTrue(page, `document.fullscreenElement.querySelector('p[role="status"]').textContent.includes('50 %')`);
    const menu = page.getByRole('button', { name: 'Quality and speed' });
    await menu.click();
    await untilTrue(page, `document.fullscreenElement.querySelector('[role="menu"]') !== null`);
    await menu.click();
    await page.locator('.player').focus();
    await page.keyboard.press('f');
    await untilTrue(page, 'document.fullscreenElement === null');
  });

  it('is 16:9, and shows a film of another shape whole', async () => {
    const box = await page.locator('.player').boundingBox();
    expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(16 / 9, 1);
    // most of the page is the film
    expect((box?.width ?? 0) / WIDE.width).toBeGreaterThanOrEqual(0.65);
    const video = page.locator('video');
    expect(
      await video.evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).objectFit),
    ).toBe('contain');
    // what it is fitted into lies inside the player
    const inner = await video.boundingBox();
    expect(inner?.width).toBeLessThanOrEqual(box?.width ?? 0);
    expect(inner?.height).toBeLessThanOrEqual(box?.height ?? 0);
  });

  it('plays at the speed that is chosen', async () => {
    await page.getByRole('button', { name: 'Quality and speed' }).click();
    await page.getByRole('menuitemradio', { name: '1.5×' }).click();
    await untilTrue(page, `${state('playbackRate')} === 1.5`);
    await page.getByRole('button', { name: 'Quality and speed' }).click();
    await page.getByRole('menuitemradio', { name: 'Normal' }).click();
    await untilTrue(page, `${state('playbackRate')} === 1`);
  });

  it('leaves the page for a picture of its own, where the browser has that', async () => {
    const button = page.locator('media-pip-button');
    expect(await button.isVisible()).toBe(await page.evaluate('document.pictureInPictureEnabled'));
    await button.click();
    await untilTrue(page, `document.pictureInPictureElement === document.querySelector('video')`);
    await button.click();
    await untilTrue(page, 'document.pictureInPictureElement === null');
  });

  it('offers captions when a film has them, and no button when it has none', async () => {
    const button = page.locator('media-captions-button');
    expect(await button.isVisible()).toBe(false);
    await page.evaluate(`${state(`addTextTrack('captions', 'English', 'en').mode`)} = 'hidden'`);
    await button.waitFor();
    await button.click();
    await untilTrue(page, `${state('textTracks[0].mode')} === 'showing'`);
  });
});

describe('keys that one has switched off', () => {
  it('do nothing, in the player and for the search', async () => {
    const other = await page.context().newPage();
    await other.goto('/settings');
    await other.getByRole('switch', { name: 'Single-key shortcuts' }).click();
    await other.goto(`/watch/${videoId}`);
    await other.locator('video').waitFor();
    await other.locator('.player').focus();
    for (const key of ['m', '/']) await other.keyboard.press(key);
    expect(await other.evaluate(state('muted'))).toBe(false);
    expect(await other.evaluate(`document.activeElement.id`)).not.toBe('search-words');
    await other.goto('/settings');
    await other.getByRole('switch', { name: 'Single-key shortcuts' }).click();
    await other.close();
  });
});

describe('a browser that can less', () => {
  it('plays films and takes comments without AbortSignal.any, and with site data blocked', async () => {
    const other = await pageOf(browser, bob);
    await other.addInitScript(`
      delete AbortSignal.any;
      for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
      }`);
    await other.goto(`/watch/${videoId}`);
    await other.locator('video').waitFor();
    await other.getByLabel('Add a comment').waitFor();
    expect(await other.getByText('Not available right now').count()).toBe(0);
    await other.context().close();
  });
});

describe('the page of a film', () => {
  it('has title, owner with follow, like and share', async () => {
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    await page.getByRole('region', { name: TITLE }).getByRole('link', { name: 'Ada' }).waitFor();
    for (const name of [/^Follow/, /^Like/, 'Share']) await page.getByRole('button', { name }).waitFor();
  });

  it('gives its link away, and says so', async () => {
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByText('Link copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`${inject('origin')}/watch/${videoId}`);
  });

  it('folds a description after three lines', async () => {
    const text = page.getByText('Line 8 of what');
    const lines = async (): Promise<number> =>
      await text.evaluate(
        (element) =>
          element.clientHeight /
          parseFloat(element.ownerDocument.defaultView?.getComputedStyle(element).lineHeight ?? ''),
      );
    expect(await lines()).toBe(3);
    await page.getByRole('button', { name: 'Show more' }).click();
    expect(await lines()).toBe(8);
    await page.getByRole('button', { name: 'Show less' }).click();
  });

  it('has related films beside it, below on a narrow screen', async () => {
    const related = page.getByRole('link', { name: 'Bars once more', exact: true });
    const beside = async (): Promise<boolean> => {
      const [player, other] = [await page.locator('video').boundingBox(), await related.boundingBox()];
      return (other?.x ?? 0) >= (player?.x ?? 0) + (player?.width ?? 0);
    };
    expect(await beside()).toBe(true);
    await page.setViewportSize(NARROW);
    expect(await beside()).toBe(false);
    await page.setViewportSize(WIDE);
  });

  it('goes on where it was left', async () => {
    await page.getByRole('link', { name: 'Reel' }).click();
    await page.getByRole('link', { name: TITLE }).first().click();
    await page.getByText('Resuming at').waitFor();
    await untilTrue(page, `document.querySelector('video')?.currentTime > 19`);
  });
});
