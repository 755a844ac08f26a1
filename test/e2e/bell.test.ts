/** The bell of somebody of whose film much is said: the last twenty, what is read, and the page for the rest. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notifApi, videoApi } from '#contracts';
import { eventually } from '#test-support/eventually';
import type { Member } from '../../demo/member.ts';
import { newMember, pageOf } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { untilReady, uploadFilm } from './film.ts';

/** More than the bell shows. */
const COMMENTS = 22;
/** Of the comments, and that the film is ready. */
const NOTIFICATIONS = COMMENTS + 1;
const SHOWN = 20;

let browser: Browser;
let bob: Member;
let page: Page;
let bell: Locator;
let videoId: string;

async function say(text: string): Promise<void> {
  await bob.call(videoApi, 'addComment', { params: { videoId }, body: { text } });
}

async function unreadBecomes(count: number): Promise<void> {
  const name = count === 0 ? 'Notifications' : `Notifications, ${count} unread`;
  await page.getByRole('button', { name, exact: true }).waitFor();
}

beforeAll(async () => {
  const ada = await newMember('Ada');
  [browser, bob] = [await launchBrowser(), await newMember('Bob')];
  const clip = { picture: 'testsrc', seconds: 1, size: '160x90' };
  videoId = await uploadFilm(ada, { title: 'Much talked about', visibility: 'public' }, clip);
  await untilReady(ada, videoId);
  await eventually(async () => await say('Comment 1'));
  for (let count = 2; count <= COMMENTS; count += 1) await say(`Comment ${count}`);
  await eventually(async () => {
    expect((await ada.call(notifApi, 'readUnreadCount')).unread).toBe(NOTIFICATIONS);
  });
  page = await pageOf(browser, ada);
  await page.goto('/');
  await unreadBecomes(NOTIFICATIONS);
  await page.getByRole('button', { name: /^Notifications/ }).click();
  bell = page.getByRole('dialog', { name: 'Notifications' });
});
afterAll(async () => await browser.close());

describe('the bell', () => {
  it('shows the last twenty, grouped by day', async () => {
    await bell
      .getByRole('listitem')
      .nth(SHOWN - 1)
      .waitFor();
    expect(await bell.getByRole('listitem').count()).toBe(SHOWN);
    // midnight may have passed between two of them
    const days = await bell.getByRole('heading', { level: 3 }).allTextContents();
    expect(days.every((day) => day === 'Today' || day === 'Yesterday')).toBe(true);
    expect(new Set(days).size).toBe(days.length);
  });

  it('marks one read, and keeps it in its place', async () => {
    const first = bell.getByRole('listitem').first();
    const text = await first.getByRole('link').textContent();
    await first.getByRole('button', { name: /^Mark read/ }).click();
    await unreadBecomes(NOTIFICATIONS - 1);
    expect(await first.getByRole('button', { name: /^Mark read/ }).count()).toBe(0);
    expect(await first.getByRole('link').textContent()).toBe(text?.replace(', unread', ''));
  });

  it('tells of what others do by itself alone, with no toast', async () => {
    await say('One more');
    await bell.getByRole('button', { name: '1 new notification' }).waitFor();
    await unreadBecomes(NOTIFICATIONS);
    expect(await page.getByRole('button', { name: 'Dismiss' }).count()).toBe(0);
  });

  it('marks all read', async () => {
    await bell.getByRole('button', { name: 'Mark all read' }).click();
    await unreadBecomes(0);
    expect(await bell.getByRole('button', { name: /^Mark read/ }).count()).toBe(0);
  });

  it('leads to a page for the rest', async () => {
    await bell.getByRole('link', { name: 'All notifications' }).click();
    await page.waitForURL('**/notifications');
    await bell.waitFor({ state: 'hidden' });
    const all = page.getByRole('main').getByRole('listitem');
    await all.nth(NOTIFICATIONS).waitFor();
    expect(await all.count()).toBe(NOTIFICATIONS + 1);
  });
});
