/** What surrounds the pages, and the lists of films: their cards, their parts, and the ways through them. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userApi } from '#contracts';
import { eventually } from '#test-support/eventually';
import type { Member } from '../../demo/member.ts';
import { NARROW, newMember, openPage, pageOf, untilTrue, WIDE } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { untilReady, uploadFilm } from './film.ts';

const CLIP = { picture: 'testsrc', seconds: 1, size: '160x90' } as const;
const LONG_TITLE = `Bars once more, ${'and yet once more, '.repeat(5)}`.slice(0, 110);
const TITLES = ['Bars', 'Bars for a second', LONG_TITLE] as const;
/** So low that a list of two on a narrow screen ends far below it. */
const LOW = { width: NARROW.width, height: 120 } as const;

let browser: Browser;
let ada: Member;
let bob: Member;
let page: Page;

beforeAll(async () => {
  [browser, ada, bob] = [await launchBrowser(), await newMember('Ada'), await newMember('Bob')];
  // one after the other: the newest stands first
  for (const title of TITLES) {
    await untilReady(ada, await uploadFilm(ada, { title, visibility: 'public', tags: ['bars'] }, CLIP));
  }
  await eventually(async () => {
    await bob.call(userApi, 'followUser', { params: { handle: ada.identity.handle } });
  });
  page = await pageOf(browser, bob);
});
afterAll(async () => await browser.close());

const focused = (what: string): string => `document.activeElement?.matches(${JSON.stringify(what)})`;

/** Lets lists of films come in parts of two. */
async function inPartsOfTwo(of: Page): Promise<void> {
  await of.route(/\/api\/video\/videos\?/, async (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set('limit', '2');
    await route.continue({ url: url.href });
  });
}

describe('the frame', () => {
  it('leads to the search with /, from anywhere; what is searched for stands in the address', async () => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'New' }).waitFor();
    await page.keyboard.press('/');
    await untilTrue(page, focused('#search-words'));
    await page.keyboard.type('bars');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/search?q=bars');
    await page.getByRole('list', { name: 'Videos found' }).getByRole('link', { name: 'Bars', exact: true }).waitFor();
  });

  it('has the name, search, upload, bell and account in its top bar', async () => {
    const bar = page.getByRole('banner');
    await bar.getByRole('link', { name: 'Reel' }).waitFor();
    await bar.getByRole('search').waitFor();
    await bar.getByRole('link', { name: 'Upload' }).waitFor();
    await bar.getByRole('button', { name: /^Notifications/ }).waitFor();
    await bar.getByRole('button', { name: 'Account menu' }).waitFor();
  });

  it('has a rail from 640 px and a bottom bar below: each width has navigation', async () => {
    const places = async (): Promise<readonly string[]> =>
      await page
        .getByRole('navigation', { name: 'Main' })
        .getByRole('link')
        .evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.textContent.trim()));
    for (const width of [1280, 1024, 1023, 768, 640]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await places(), `at ${width} px`).toEqual(['Home', 'Following', 'My videos', 'Studio', 'History']);
    }
    await page.setViewportSize({ width: 639, height: 800 });
    expect(await places()).toEqual(['Home', 'Following', 'Upload', 'My videos', 'Studio']);
    await page.setViewportSize(WIDE);
  });

  it('lets what it surrounds grow to 1440 px', async () => {
    await page.setViewportSize({ width: 2400, height: 800 });
    expect((await page.locator('main').boundingBox())?.width).toBe(1440);
    await page.setViewportSize(WIDE);
  });

  it('has one left edge for all pages', async () => {
    const edges = new Set<number | undefined>();
    for (const path of ['/following', '/videos', '/studio', '/history', '/upload', '/notifications', '/settings']) {
      await page.goto(path);
      edges.add((await page.locator('main h1').boundingBox())?.x);
    }
    expect(edges.size).toBe(1);
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

describe('a list of films', () => {
  it('tells of each its length, title in two lines, owner, views and age', async () => {
    await page.goto('/');
    const list = page.getByRole('list', { name: 'New videos' });
    const card = list.getByRole('article').filter({ hasText: 'Bars for a second' });
    await card.getByRole('link', { name: 'Ada' }).waitFor();
    expect(await card.textContent()).toMatch(/0:01.*Bars for a second.*Ada.*no views · .*(now|ago)/s);
    const title = list.getByRole('link', { name: LONG_TITLE });
    const [shown, whole] = await title.evaluate((link) => [link.clientHeight, link.scrollHeight] as const);
    expect(shown).toBe(40);
    expect(whole).toBeGreaterThan(shown);
  });

  it('stands in as many columns as there is room for; the arrow keys move through it', async () => {
    const list = page.getByRole('list', { name: 'New videos' });
    const columns = async (): Promise<number> =>
      await list.evaluate(
        (grid) => grid.ownerDocument.defaultView?.getComputedStyle(grid).gridTemplateColumns.split(' ').length ?? 0,
      );
    expect(await columns()).toBe(3);
    const cards = list.locator('[data-grid-entry]');
    await cards.first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await cards.nth(1).evaluate((link) => link === link.ownerDocument.activeElement)).toBe(true);
    await page.setViewportSize(NARROW);
    expect(await columns()).toBe(1);
    await page.setViewportSize(WIDE);
  });

  it('comes in parts while it is scrolled; the way to the next part is a link with an address', async () => {
    const reader = await pageOf(browser, bob, { viewport: LOW });
    await inPartsOfTwo(reader);
    await reader.goto('/search?tag=bars');
    const cards = reader.getByRole('list', { name: 'Videos found' }).getByRole('article');
    await cards.first().waitFor();
    expect(await cards.count()).toBe(2);
    const more = reader.getByRole('link', { name: 'Show more' });
    const next = (await more.getAttribute('href')) ?? '';
    await more.scrollIntoViewIfNeeded();
    await cards.nth(2).waitFor();
    // the same part by its address, as in a tab of its own
    const other = await reader.context().newPage();
    await inPartsOfTwo(other);
    await other.goto(next);
    const rest = other.getByRole('list', { name: 'Videos found' }).getByRole('article');
    await rest.first().waitFor();
    expect(await rest.first().textContent()).toBe(await cards.nth(2).textContent());
    await reader.context().close();
  });

  it('is where it was after a reload, once it is long enough again', async () => {
    const reader = await pageOf(browser, bob, { viewport: LOW });
    await reader.goto('/search?tag=bars');
    await reader.getByRole('list', { name: 'Videos found' }).getByRole('article').nth(2).waitFor();
    await reader.evaluate('scrollTo(0, 500)');
    await untilTrue(reader, 'scrollY === 500');
    // the list comes later than the page
    await reader.route(/\/api\/video\/videos\?/, async (route) => {
      await reader.locator('h1').waitFor();
      await route.continue();
    });
    await reader.reload();
    await untilTrue(reader, 'scrollY === 500', 60_000);
    // one that still waits for the page must not outlive it
    await reader.unrouteAll({ behavior: 'ignoreErrors' });
    await reader.context().close();
  });

  it('of those whom somebody follows has a page of its own', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Following' }).click();
    const list = page.getByRole('list', { name: 'Videos from people you follow' });
    await list.getByRole('article').nth(2).waitFor();
    expect(await list.getByRole('article').count()).toBe(TITLES.length);
  });

  it('of a channel has its owner above it; who is no longer followed is followed again by Undo', async () => {
    await page.getByRole('link', { name: 'Ada' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Ada' }).waitFor();
    await page.getByRole('list', { name: 'Videos of this channel' }).getByRole('article').nth(2).waitFor();
    await page.getByRole('button', { name: 'Following', exact: true }).click();
    await page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
    await page.getByText('You no longer follow Ada.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Following', exact: true }).waitFor();
    await page.getByText('You no longer follow Ada.').waitFor({ state: 'hidden' });
    const { followedByMe } = await bob.call(userApi, 'readProfile', { params: { handle: ada.identity.handle } });
    expect(followedByMe).toBe(true);
  });
});
