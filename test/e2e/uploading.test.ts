/** An upload that meets a cut network and a reload, as its owner sees it; then one begun with the keyboard alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFilmClip } from '../../demo/film-clip.ts';
import type { Member } from '../../demo/member.ts';
import { NARROW, newMember, pageOf, untilTrue } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { tabTo } from './keyboard.ts';
import { layNetworkLine, type NetworkLine } from './network-line.ts';

const PROCESSING_MS = 180_000;
/**
 * Bytes a second that the network takes: so slow that there is a middle. It is not changed under an upload, which Chromium
 * would let rush through.
 */
const SLOW = 120_000;
const FILE_NAME = 'a-walk-in-the-park.mp4';

const folder = mkdtempSync(join(tmpdir(), 'e2e-upload-'));
const file = join(folder, FILE_NAME);
const small = join(folder, 'small.mp4');
let browser: Browser;
let line: NetworkLine;
let ada: Member;
let page: Page;
let devTools: CDPSession;

beforeAll(async () => {
  [browser, line, ada] = [await launchBrowser(), await layNetworkLine(), await newMember('Ada')];
  const film = await makeFilmClip({ picture: 'testsrc2', seconds: 6 });
  writeFileSync(file, Buffer.concat([film, freeSpace(6_000_000)]));
  writeFileSync(small, await makeFilmClip({ picture: 'testsrc', seconds: 1, size: '320x180' }));
  page = await pageOf(browser, ada, { proxy: { server: line.url } });
  // the question whether to leave in the middle of an upload
  page.on('dialog', (dialog) => void dialog.accept());
  devTools = await page.context().newCDPSession(page);
});
afterAll(async () => {
  await browser.close();
  line.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A box of an mp4 that holds nothing: makes a film long to upload and not to transcode. */
function freeSpace(bytes: number): Buffer {
  const box = Buffer.alloc(bytes);
  box.writeUInt32BE(bytes, 0);
  box.write('free', 4, 'latin1');
  return box;
}

/** Bytes a second that the network takes; -1 for as many as there are. */
async function networkSpeed(uploadThroughput: number): Promise<void> {
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput };
  await devTools.send('Network.emulateNetworkConditions', conditions);
}

async function percentBeyond(least: number): Promise<void> {
  await untilTrue(
    page,
    `Number(document.querySelector('main [role="progressbar"]')?.getAttribute('aria-valuenow') ?? 0) > ${least}`,
  );
}

describe('an upload', () => {
  it('shows how far and how fast it is, while its details are filled in', async () => {
    await page.goto('/upload');
    await networkSpeed(SLOW);
    await page.locator('#upload-files').setInputFiles(file);
    await percentBeyond(5);
    expect(await page.getByRole('article', { name: FILE_NAME }).textContent()).toMatch(/MB.*\/s.*left/);
    expect(await page.getByRole('article', { name: FILE_NAME }).textContent()).toMatch(/\d+ %/);
    await page.getByLabel('Title').fill('A walk in the park');
    await page.getByLabel('Description').fill('From one end to the other.');
    await page.getByLabel('Tags').fill('park, walk');
    await page.getByLabel('Visibility').selectOption('unlisted');
  });

  it('stops when it is paused, and goes on when it is resumed', async () => {
    await page.getByRole('button', { name: `Pause ${FILE_NAME}` }).click();
    await page.getByText('paused').waitFor();
    await page.getByRole('button', { name: `Resume ${FILE_NAME}` }).click();
    await percentBeyond(8);
  });

  it('is shown in a second tab, which does not ask for its file', async () => {
    const second = await page.context().newPage();
    await second.goto('/upload');
    const row = second.getByRole('article', { name: FILE_NAME });
    await row.getByText('open in another tab').waitFor();
    expect(await row.getByText('Choose the file').count()).toBe(0);
    await second.close();
  });

  it('says when the network is cut, and goes on by itself when it is back', async () => {
    line.cut();
    await page.getByText('connection lost').waitFor();
    line.mend();
    await page.getByText('connection lost').waitFor({ state: 'hidden', timeout: 30_000 });
    await percentBeyond(12);
  });

  it('is there again after a reload, with what was typed, and goes on with the same file where it stopped', async () => {
    await page.reload();
    await page.getByText('again to continue where it stopped').waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('A walk in the park');
    expect(await page.getByLabel('Visibility').inputValue()).toBe('unlisted');
    const offsets: number[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
    });
    await networkSpeed(-1);
    await page.getByLabel(`The file ${FILE_NAME}`).setInputFiles(file);
    await page.getByRole('list', { name: 'Processing' }).waitFor();
    expect(offsets[0]).toBeGreaterThan(0);
  });

  it('is followed from its arrival to a video that plays', async () => {
    await Promise.all([
      untilTrue(
        page,
        `/[1-9]\\d* %/.test(document.querySelector('[aria-label="Processing"]')?.textContent ?? '')`,
        PROCESSING_MS,
      ),
      page.getByRole('button', { name: 'Save' }).click(),
    ]);
    await page.getByRole('link', { name: 'Watch it' }).waitFor({ timeout: PROCESSING_MS });
    const steps = page.getByRole('list', { name: 'Processing' }).getByRole('listitem');
    expect((await steps.allTextContents()).map((step) => step.trim())).toEqual(
      ['uploaded', 'queued', 'transcoding', 'ready'].map((step) => `${step}, done`),
    );
    await page.getByRole('link', { name: 'Watch it' }).click();
    await page.getByRole('heading', { level: 1, name: 'A walk in the park' }).waitFor();
    await untilTrue(page, `document.querySelector('video')?.currentTime > 0.5`);
  });

  it('is cancelled after it was asked for once, and leaves no row', async () => {
    const other = await pageOf(browser, ada);
    await other.goto('/upload');
    await other.locator('#upload-files').waitFor({ state: 'attached' });
    // held before its first byte: there is something to cancel
    await other.route('**/api/media/uploads', async () => await new Promise(() => undefined));
    await other.locator('#upload-files').setInputFiles(small);
    const entry = other.getByRole('article', { name: 'small.mp4' });
    await entry.getByRole('button', { name: 'Cancel small.mp4' }).click();
    await other.getByRole('dialog', { name: 'Cancel this upload?' }).waitFor();
    const second = await other.context().newPage();
    await second.goto('/upload');
    const rowThere = second.getByRole('article', { name: 'small.mp4' });
    await rowThere.waitFor();
    await other.getByRole('button', { name: 'Cancel the upload' }).click();
    await entry.waitFor({ state: 'hidden' });
    await rowThere.waitFor({ state: 'hidden' });
    await other.context().close();
  });

  it('of many files at once is one row for each; a form is opened when it is wanted', async () => {
    const other = await pageOf(browser, await newMember('Bob'));
    await other.goto('/upload');
    await other.route('**/api/media/uploads', async () => await new Promise(() => undefined));
    const names = ['one.mp4', 'two.mp4', 'three.mp4'];
    const buffer = Buffer.alloc(64);
    await other.locator('#upload-files').setInputFiles(names.map((name) => ({ name, mimeType: 'video/mp4', buffer })));
    const last = other.getByRole('article', { name: 'three.mp4' });
    await last.waitFor();
    expect(await other.getByLabel('Title').filter({ visible: true }).count()).toBe(0);
    await last.getByRole('button', { name: 'Details' }).click();
    await last.getByLabel('Title').waitFor();
    await other.context().close();
  });

  it('of a file that is no film is refused before it begins, with the reason', async () => {
    const other = await pageOf(browser, ada);
    const asked: string[] = [];
    other.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await other.goto('/upload');
    const buffer = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
    await other.locator('#upload-files').setInputFiles({ name: 'poster.mp4', mimeType: 'video/mp4', buffer });
    const entry = other.getByRole('article', { name: 'poster.mp4' });
    await entry.getByText('This is a PNG picture.').waitFor();
    expect(await entry.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await entry.getByRole('button', { name: 'Remove poster.mp4 from this list' }).click();
    await entry.waitFor({ state: 'hidden' });
    expect(asked.filter((call) => /^POST .*\/(videos|uploads)/.test(call))).toEqual([]);
    await other.context().close();
  });

  it('of a cut film becomes what is there, and its owner is told what is missing', async () => {
    const other = await pageOf(browser, ada);
    const film = await makeFilmClip({ picture: 'testsrc2', seconds: 6, size: '320x180' });
    await other.goto('/upload');
    const cut = { name: 'cut.mp4', mimeType: 'video/mp4', buffer: film.subarray(0, film.length / 2) };
    await other.locator('#upload-files').setInputFiles(cut);
    const entry = other.getByRole('article', { name: 'cut.mp4' });
    await entry.getByRole('link', { name: 'Watch it' }).waitFor({ timeout: PROCESSING_MS });
    await entry.getByText(/^The file ends after [\d.]+ of 6/).waitFor();
    await other.goto('/videos');
    await other.getByText(/^The file ends after [\d.]+ of 6/).waitFor();
    await other.context().close();
  });

  it('is begun with the keyboard alone, at 360 px', async () => {
    const narrow = await pageOf(browser, ada, { viewport: NARROW });
    await narrow.goto('/upload');
    await narrow.getByRole('button', { name: 'Choose files' }).waitFor();
    // asked for well before the key: Chromium opens no chooser that can be seen when it is told at the same moment
    const chooser = narrow.waitForEvent('filechooser');
    await tabTo(narrow, narrow.getByRole('button', { name: 'Choose files' }));
    await narrow.keyboard.press('Enter');
    await (await chooser).setFiles(small);
    await narrow.getByRole('article', { name: 'small.mp4' }).first().waitFor();
    await tabTo(narrow, narrow.getByLabel('Title').first());
    await narrow.keyboard.press('Control+A');
    await narrow.keyboard.type('Typed without a mouse');
    await narrow.keyboard.press('Enter');
    await narrow.getByText('Saved', { exact: true }).first().waitFor();
    await narrow.context().close();
  });

  it('is begun by a drop anywhere on the page; one that is no film fails in words, with what to do', async () => {
    const other = await pageOf(browser, ada);
    await other.goto('/upload');
    await other.getByRole('button', { name: 'Choose files' }).waitFor();
    const files = await other.evaluateHandle(`(() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File([new Uint8Array(64 * 1024)], 'not-a-film.mp4', { type: 'video/mp4' }));
      return dropped;
    })()`);
    for (const type of ['dragenter', 'dragover', 'drop']) {
      await other.dispatchEvent('header', type, { dataTransfer: files });
    }
    const entry = other.getByRole('article', { name: 'not-a-film.mp4' });
    await entry.getByText('the file cannot be read').waitFor({ timeout: PROCESSING_MS });
    await other.goto('/videos');
    await other.getByText('failed: the file cannot be read').waitFor();
    await other.getByText('It may be damaged or incomplete.').waitFor();
    await other.context().close();
  });
});
