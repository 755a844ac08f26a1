/** Two people and a film: it is played, liked and talked about, its owner hears of it at once, and what is private stays so. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statsApi, videoApi } from '#contracts';
import { eventually } from '#test-support/eventually';
import type { Member } from '../../demo/member.ts';
import { deed, newMember, pageOf, untilTrue } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { untilReady, uploadFilm } from './film.ts';

const TILES = ['Views', 'Watch time', 'Viewers', 'Followers'];
const MARKUP = '<img src=x onerror="window.intruded = true"><b>bold</b>';
const TITLE = `Bars ${MARKUP}`;

let browser: Browser;
let ada: Member;
let bob: Member;
let videoId: string;
let adasPage: Page;
let bobsPage: Page;

beforeAll(async () => {
  [browser, ada, bob] = [await launchBrowser(), await newMember('Ada'), await newMember('Bob <i>B</i>')];
  videoId = await uploadFilm(ada, { title: TITLE, visibility: 'public', tags: ['bars'], description: MARKUP });
  await untilReady(ada, videoId);
  [adasPage, bobsPage] = [await pageOf(browser, ada), await pageOf(browser, bob)];
  await adasPage.goto('/');
  // that the film is ready was told already
  await unreadBecomes(adasPage, 1);
});
afterAll(async () => await browser.close());

/** Pixels of the chart that have the colour of its bars. */
async function barPixels(page: Page): Promise<number> {
  return await page.evaluate<number>(`(() => {
    const canvas = document.querySelector('main canvas');
    const hex = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] === r && data[at + 1] === g && data[at + 2] === b) count += 1;
    return count;
  })()`);
}

async function unreadBecomes(page: Page, count: number): Promise<void> {
  await page.locator(`[aria-label="Notifications, ${count} unread"]`).waitFor();
}

describe('a film', () => {
  it('is found at home and played: time goes on, and the menu has its renditions', async () => {
    await bobsPage.goto('/');
    await bobsPage.getByRole('link', { name: TITLE }).first().click();
    await bobsPage.waitForURL(`**/watch/${videoId}`);
    const video = bobsPage.locator('video');
    await video.waitFor();
    await untilTrue(bobsPage, `document.querySelector('video').currentTime > 1`);
    expect(await bobsPage.evaluate(`document.querySelector('video').videoWidth`)).toBeGreaterThan(0);
    const { playback } = await bob.call(videoApi, 'readVideo', { params: { videoId } });
    await bobsPage.getByRole('button', { name: 'Quality and speed' }).click();
    const choices = await bobsPage.getByRole('group', { name: 'Quality' }).getByRole('menuitemradio').allTextContents();
    expect(choices).toHaveLength(1 + (playback?.renditions.length ?? 0));
    for (const { height } of playback?.renditions ?? []) {
      expect(
        choices.some((choice) => choice.includes(`${height}p`)),
        `${height}p in ${choices.join()}`,
      ).toBe(true);
    }
    await bobsPage.keyboard.press('Escape');
  });

  it('counts as viewed after a while', async () => {
    await eventually(async () => {
      expect(await ada.call(statsApi, 'readVideoTotals', { params: { videoId } })).toMatchObject({ views: 1 });
    }, 30_000);
  });

  it('has an owner who is followed, and told so without a reload; what they read does not move', async () => {
    await adasPage.getByRole('button', { name: /^Notifications/ }).click();
    const bell = adasPage.getByRole('dialog', { name: 'Notifications' });
    // told before midnight, read after it: either day
    await bell.getByText(/^(Today|Yesterday)$/).waitFor();
    const first = bell.getByRole('listitem').first();
    const place = await first.boundingBox();
    await bobsPage.getByRole('button', { name: /^Follow/ }).click();
    const arrived = bell.getByRole('button', { name: '1 new notification' });
    await arrived.waitFor();
    expect(await first.boundingBox()).toEqual(place);
    await arrived.click();
    await bell.getByText('Bob <i>B</i>').waitFor();
    await adasPage.keyboard.press('Escape');
    await unreadBecomes(adasPage, 2);
  });

  it('is liked and talked about, with markup as text', async () => {
    await bobsPage.getByRole('button', { name: /^Like/ }).click();
    await bobsPage.locator('button[aria-pressed="true"]', { hasText: '1' }).waitFor();
    await bobsPage.getByLabel('Add a comment').fill(`Nice ${MARKUP}`);
    await bobsPage.getByRole('button', { name: 'Comment', exact: true }).click();
    const comment = bobsPage.getByRole('list', { name: 'Comments' }).getByRole('listitem').first();
    await comment.waitFor();
    expect(await comment.textContent()).toContain(`Nice ${MARKUP}`);
    expect(await comment.textContent()).toContain('Bob <i>B</i>');
    expect(await bobsPage.getByRole('heading', { level: 1 }).textContent()).toBe(TITLE);
    expect(await bobsPage.locator('main b, main i, main img[src="x"]').count()).toBe(0);
    expect(await bobsPage.evaluate('window.intruded')).toBeUndefined();
    await unreadBecomes(adasPage, 4);
  });

  it('counts in the studio of its owner: tiles, chart and table, and its own page', async () => {
    await adasPage.getByRole('link', { name: 'Studio' }).first().click();
    await adasPage
      .locator('main dl > div')
      .nth(TILES.length - 1)
      .waitFor();
    const tiles = await adasPage.locator('main dl > div').allTextContents();
    expect(tiles.map((tile) => tile.replace(/\d.*/s, '').trim())).toEqual(TILES);
    expect(tiles[0]).toMatch(/^Views\s*1\D/);
    await adasPage.getByRole('img', { name: /^Views by day, 28 days/ }).waitFor();
    expect(await barPixels(adasPage)).toBeGreaterThan(0);
    await adasPage.getByText('Show as a table').click();
    const lastDays = adasPage.getByRole('table', { name: 'Views by day' }).getByRole('row');
    const views = await Promise.all(
      [-1, -2].map(async (at) => await lastDays.nth(at).getByRole('cell').first().textContent()),
    );
    // midnight may have passed since it was viewed
    expect(views.toSorted()).toEqual(['0', '1']);
    await adasPage.getByText('Compared with the previous 28 days.').waitFor();
    for (const days of [7, 90]) {
      await adasPage.getByText(`${days} days`, { exact: true }).click();
      await adasPage.getByRole('img', { name: `Views by day, ${days} days; the table below` }).waitFor();
    }
    await adasPage.getByRole('link', { name: TITLE }).click();
    await adasPage.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    await adasPage.getByRole('img', { name: /^Views by day, 90 days/ }).waitFor();
  });

  it('has a page of figures that, refused, says so in words, with the id of the request small, and a way to try again', async () => {
    const wanted = /\/api\/stats\/.*days=7/;
    // a period that stats does not know
    await adasPage.route(wanted, async (route) => {
      await route.continue({ url: route.request().url().replace('days=7', 'days=8') });
    });
    const refused = adasPage.waitForResponse(/\/api\/stats\/.*days=8/);
    await adasPage.goto('/studio?days=7');
    const fault = adasPage.getByRole('main').getByRole('alert');
    const id = fault.getByText(`Request ${(await refused).headers()['x-request-id']}`);
    await id.waitFor();
    expect(await id.evaluate((text) => text.ownerDocument.defaultView?.getComputedStyle(text).fontSize)).toBe('12px');
    await adasPage.unroute(wanted);
    await fault.getByRole('button', { name: 'Try again' }).click();
    await adasPage.getByRole('definition').first().waitFor();
  });

  it('is announced to followers, live, when the next one is published', async () => {
    await bobsPage.goto('/');
    const next = await uploadFilm(
      ada,
      { title: 'The next one', visibility: 'public' },
      { picture: 'testsrc', seconds: 2, size: '320x180' },
    );
    await untilReady(ada, next);
    await unreadBecomes(bobsPage, 1);
  });

  it('is not shown to anybody else once it is private', async () => {
    const answer = await ada.send(`/api/video/videos/${videoId}`);
    await ada.call(videoApi, 'changeVideo', {
      params: { videoId },
      body: { visibility: 'private' },
      headers: { 'if-match': answer.headers['etag'] ?? '' },
    });
    await bobsPage.goto(`/watch/${videoId}`);
    await bobsPage.getByText('This video is not available.').waitFor();
    const { playback } = await ada.call(videoApi, 'readVideo', { params: { videoId } });
    await eventually(async () => {
      for (const url of [playback?.masterUrl, playback?.originalUrl]) {
        expect(await bobsPage.evaluate(`fetch('${url}', { cache: 'no-store' }).then(({ status }) => status)`)).toBe(
          404,
        );
      }
    });
    expect(await bobsPage.getByText(TITLE).count()).toBe(0);
    await adasPage.goto(`/watch/${videoId}`);
    await adasPage.getByText('Private: only you can see it').waitFor();
  });
});

describe('when something is away', () => {
  it('a service: the page names it, keeps the rest and what was typed, and takes a like back with a word', async () => {
    await adasPage.goto(`/watch/${videoId}`);
    await adasPage.getByLabel('Add a comment').fill('A long thought');
    await deed('stop/video');
    await adasPage.getByRole('button', { name: 'Comment', exact: true }).click();
    await adasPage.getByText('Not available right now: the video catalogue').waitFor();
    expect(await adasPage.getByLabel('Add a comment').inputValue()).toBe('A long thought');
    expect(await adasPage.getByRole('heading', { level: 1 }).textContent()).toBe(TITLE);
    const like = adasPage.getByRole('button', { name: /^Like/ });
    await like.click();
    await adasPage.getByText(/^Not liked\./).waitFor();
    expect(await like.getAttribute('aria-pressed')).toBe('false');
    await deed('start/video');
    await adasPage.getByText('Not available right now').waitFor({ state: 'hidden' });
    await adasPage.getByRole('button', { name: 'Comment', exact: true }).click();
    await adasPage.getByRole('list', { name: 'Comments' }).getByText('A long thought').waitFor();
  });

  it('a service: a follow is shown at once and taken back with a word', async () => {
    await adasPage.goto(`/@${bob.identity.handle}`);
    const follow = adasPage.getByRole('button', { name: 'Follow', exact: true });
    await follow.waitFor();
    await deed('stop/user');
    try {
      await follow.click();
      await adasPage.getByText(/^You do not follow Bob/).waitFor();
      await follow.waitFor();
    } finally {
      await deed('start/user');
    }
  });

  it('NATS: the page says what is late, and films are found and talked about all the same', async () => {
    await adasPage.goto(`/watch/${videoId}`);
    await adasPage.getByLabel('Add a comment').fill('Begun before');
    await deed('halt-nats');
    await adasPage.getByText('Delayed right now: notifications').waitFor();
    expect(await adasPage.getByLabel('Add a comment').inputValue()).toBe('Begun before');
    await adasPage.goto(`/watch/${videoId}`);
    await adasPage.getByLabel('Add a comment').fill('Said in the dark');
    await adasPage.getByRole('button', { name: 'Comment', exact: true }).click();
    await adasPage.getByRole('list', { name: 'Comments' }).getByText('Said in the dark').waitFor();
    await adasPage.getByText('Delayed right now: notifications').waitFor();
    await deed('start-nats');
    await adasPage.getByText('Delayed right now: notifications').waitFor({ state: 'hidden' });
  });

  it('the network: the page says so, and says no more when it is back', async () => {
    await adasPage.context().setOffline(true);
    await adasPage.getByText('You are offline.').waitFor();
    await adasPage.context().setOffline(false);
    await adasPage.getByText('You are offline.').waitFor({ state: 'hidden' });
  });
});
