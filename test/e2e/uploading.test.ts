/** An upload that meets a cut network and a reload, as its owner sees it; then the same begun with the keyboard alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFilmClip } from '../../deploy/demo/film-clip.ts';
import type { Member } from '../../deploy/demo/member.ts';
import { launchBrowser, NARROW, newMember, pageOf, picture } from './browser.ts';
import { tabTo } from './keyboard.ts';

const PROCESSING_MS = 90_000;
/** Slow enough that there is a middle, in bytes a second. */
const SLOW = 600_000;
const FILE_NAME = 'a-walk-in-the-park.mp4';

const folder = mkdtempSync(join(tmpdir(), 'e2e-upload-'));
const file = join(folder, FILE_NAME);
let browser: Browser;
let ada: Member;
let page: Page;
let network: CDPSession;

beforeAll(async () => {
  [browser, ada] = [await launchBrowser(), await newMember('Ada')];
  writeFileSync(file, await makeFilmClip({ picture: 'testsrc2', seconds: 8, size: '1280x720', bitRate: '6M' }));
  page = await pageOf(browser, ada);
  page.on('dialog', (dialog) => void dialog.accept());
  network = await page.context().newCDPSession(page);
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

async function throttle(bytesPerSecond: number): Promise<void> {
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

async function percentBeyond(least: number): Promise<void> {
  await page.waitForFunction(
    `Number(document.querySelector('main [role="progressbar"]')?.getAttribute('aria-valuenow') ?? 0) > ${least}`,
  );
}

describe('an upload', () => {
  it('shows how far it is, while its details are filled in', async () => {
    await page.goto('/upload');
    await throttle(SLOW);
    await page.locator('#upload-files').setInputFiles(file);
    await percentBeyond(10);
    await page.getByLabel('Title').fill('A walk in the park');
    await page.getByLabel('Tags').fill('park, walk');
    await picture(page, 'upload');
    expect(await page.getByRole('article', { name: FILE_NAME }).textContent()).toMatch(/MB.*\/s.*left/);
  });

  it('says when the network is cut, and goes on by itself when it is back', async () => {
    await page.context().setOffline(true);
    await page.getByText('the connection is lost').waitFor();
    await page.context().setOffline(false);
    await throttle(SLOW);
    await page.getByText('the connection is lost').waitFor({ state: 'hidden', timeout: 30_000 });
    await percentBeyond(20);
  });

  it('is there again after a reload, with what was typed, and goes on with the same file where it stopped', async () => {
    await page.reload();
    await page.getByText('again to go on where it stopped').waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('A walk in the park');
    const offsets: number[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
    });
    await throttle(-1);
    await page.getByLabel(`The file ${FILE_NAME}`).setInputFiles(file);
    await page.getByRole('list', { name: 'Processing' }).waitFor();
    expect(offsets[0]).toBeGreaterThan(0);
  });

  it('is followed from its arrival to a video that plays', async () => {
    const seen = page.waitForFunction(
      `/[1-9]\\d* %/.test(document.querySelector('[aria-label="Processing"]')?.textContent ?? '')`,
      undefined,
      { timeout: PROCESSING_MS },
    );
    await page.getByRole('button', { name: 'Save' }).click();
    await seen;
    await page.getByRole('link', { name: 'Watch it' }).click({ timeout: PROCESSING_MS });
    await page.getByRole('heading', { level: 1, name: 'A walk in the park' }).waitFor();
    await page.waitForFunction(`document.querySelector('video')?.currentTime > 0.5`);
  });

  it('is begun with the keyboard alone, at 360 px', async () => {
    const narrow = await pageOf(browser, ada, { viewport: NARROW });
    await narrow.goto('/upload');
    await narrow.getByRole('button', { name: 'Choose files' }).waitFor();
    await tabTo(narrow, narrow.getByRole('button', { name: 'Choose files' }));
    const [chooser] = await Promise.all([narrow.waitForEvent('filechooser'), narrow.keyboard.press('Enter')]);
    await chooser.setFiles(file);
    await narrow.getByRole('article', { name: FILE_NAME }).first().waitFor();
    await tabTo(narrow, narrow.getByLabel('Title').first());
    await narrow.keyboard.press('Control+A');
    await narrow.keyboard.type('Typed without a mouse');
    await narrow.keyboard.press('Enter');
    await narrow.getByText('Saved', { exact: true }).first().waitFor();
    await narrow.context().close();
  });
});
