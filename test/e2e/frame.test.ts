/** What surrounds the pages, and the player's own ways: keys, places, and where it goes on. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../deploy/demo/member.ts';
import { NARROW, newMember, openPage, pageOf, untilTrue, WIDE } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { untilReady, uploadFilm } from './film.ts';

/** Long enough to go on in the middle; small, so that it is ready soon. */
const CLIP = { picture: 'testsrc', seconds: 40, size: '160x90' } as const;
const DESCRIPTION = Array.from({ length: 8 }, (_, line) => `Line ${line + 1} of what is to be said of it.`).join('\n');

let browser: Browser;
let ada: Member;
let bob: Member;
let page: Page;
let videoIds: readonly string[];

beforeAll(async () => {
  [browser, ada, bob] = [await launchBrowser(), await newMember('Ada'), await newMember('Bob')];
  const draft = { visibility: 'public' as const, tags: ['bars'], description: DESCRIPTION };
  const small = { ...CLIP, seconds: 1 };
  videoIds = [
    await uploadFilm(ada, { ...draft, title: 'Bars for long' }, CLIP),
    await uploadFilm(ada, { ...draft, title: 'Bars for a second' }, small),
    await uploadFilm(ada, { ...draft, title: 'Bars once more' }, small),
  ];
  for (const videoId of videoIds) await untilReady(ada, videoId);
  page = await pageOf(browser, bob);
});
afterAll(async () => await browser.close());

const focused = (what: string): string => `document.activeElement?.matches(${JSON.stringify(what)})`;

describe('the frame', () => {
  it('leads to the search with /, from anywhere', async () => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'New' }).waitFor();
    await page.keyboard.press('/');
    await untilTrue(page, focused('#search-words'));
  });

  it('has a rail from 1024 px, a bottom bar below 640 px, neither between', async () => {
    const shown = async (): Promise<number> =>
      (
        await page
          .getByRole('navigation', { name: 'Main' })
          .evaluateAll((all) => all.map((one) => one.checkVisibility()))
      ).filter(Boolean).length;
    await page.setViewportSize({ width: 1024, height: 800 });
    expect(await shown()).toBe(1);
    await page.setViewportSize({ width: 800, height: 800 });
    expect(await shown()).toBe(0);
    await page.setViewportSize(NARROW);
    expect(await shown()).toBe(1);
    await page.setViewportSize(WIDE);
  });

  it('lets the arrow keys move through the grid; posters have their place before they are there', async () => {
    const cards = page.getByRole('list', { name: 'New videos' }).locator('[data-grid-entry]');
    await cards.first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await cards.nth(1).evaluate((link) => link === link.ownerDocument.activeElement)).toBe(true);
    const poster = await page.getByRole('list', { name: 'New videos' }).locator('.aspect-video').first().boundingBox();
    expect((poster?.width ?? 0) / (poster?.height ?? 1)).toBeCloseTo(16 / 9, 1);
  });

  it('leads a guest who wants more to the login, and back', async () => {
    const guest = await openPage(browser);
    await guest.goto('/upload');
    await guest.waitForURL('**/login?next=**');
    await guest.locator('[name="login"]').fill(bob.identity.handle);
    await guest.locator('[name="password"]').fill(bob.identity.password);
    await guest.keyboard.press('Enter');
    await guest.waitForURL('**/upload');
    await guest.context().close();
  });
});

describe('the player', () => {
  const state = (what: string): string => `document.querySelector('video').${what}`;

  it('obeys its keys anywhere on the page: space, arrows, m, digits', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'Bars for long' }).first().click();
    await untilTrue(page, `document.querySelector('video')?.currentTime > 0.5`);
    await page.keyboard.press(' ');
    await untilTrue(page, state('paused'));
    await page.keyboard.press('m');
    await untilTrue(page, state('muted'));
    await page.keyboard.press('5');
    await untilTrue(page, `Math.abs(${state('currentTime')} - 20) < 1`);
    await page.keyboard.press('ArrowRight');
    await untilTrue(page, `Math.abs(${state('currentTime')} - 25) < 1`);
    await page.keyboard.press('ArrowDown');
    await untilTrue(page, `${state('volume')} < 1`);
  });

  it('shows its pages whole: description folded, related videos beside, below on a narrow screen', async () => {
    expect(await page.getByText('Line 8 of what').evaluate((text) => text.scrollHeight > text.clientHeight)).toBe(true);
    await page.getByRole('button', { name: 'Show more' }).click();
    expect(await page.getByText('Line 8 of what').evaluate((text) => text.scrollHeight > text.clientHeight)).toBe(
      false,
    );
    await page.getByRole('button', { name: 'Show less' }).click();
    const related = page.getByRole('link', { name: 'Bars once more' });
    const right = async (): Promise<boolean> => {
      const [player, other] = [await page.locator('video').boundingBox(), await related.boundingBox()];
      return (other?.x ?? 0) >= (player?.x ?? 0) + (player?.width ?? 0);
    };
    expect(await right()).toBe(true);
    await page.setViewportSize(NARROW);
    expect(await right()).toBe(false);
    await page.setViewportSize(WIDE);
  });

  it('goes on where it was left', async () => {
    await page.getByRole('link', { name: 'Reel' }).click();
    await page.getByRole('link', { name: 'Bars for long' }).first().click();
    await page.getByText('Goes on at').waitFor();
    await untilTrue(page, `document.querySelector('video')?.currentTime > 19`);
  });
});
