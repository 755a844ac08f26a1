/** Makes the pictures of the documentation, on the demo data: `SCREENSHOTS=1 npx vitest run --project e2e pictures`. */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { DEMO_PASSWORD } from '../../demo/demo-data.ts';
import { loadDemoData } from '../../demo/demo-loading.ts';
import { makeFilmClip } from '../../demo/film-clip.ts';
import { Member } from '../../demo/member.ts';
import { deed, NARROW, newIdentity, openPage, pageOf, WIDE } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { uploadFilm } from './film.ts';

const FOLDER = 'docs/screenshots';
/** Those that a page shows; the others are only for looking at. */
const SHOWN: ReadonlySet<string> = new Set([
  'home-1280-light',
  'watch-1280-light',
  'upload-1280-dark',
  'studio-1280-dark',
]);
const UNSHOWN_FOLDER = 'build/screenshots';
/** Largest picture that is kept in the repository. */
const MAX_BYTES = 200_000;
/** Bytes a second: slow enough for the four pictures of an upload to be of its middle. */
const SLOW = 150_000;
/** Percent from where on, and up to where, an upload is in its middle. */
const MIDDLE = { from: 45, to: 65 } as const;
const UPLOAD_MS = 120_000;
const DEMO_MS = 600_000;

let browser: Browser;
let ada: Member;
let page: Page;
const folder = mkdtempSync(join(tmpdir(), 'e2e-pictures-'));

beforeAll(async () => {
  browser = await launchBrowser();
  await loadDemoData(inject('origin'), () => undefined);
  ada = new Member(inject('origin'), { handle: 'ada', displayName: 'Ada Kowalski', password: DEMO_PASSWORD });
  await ada.logIn();
  page = await pageOf(browser, ada);
}, DEMO_MS);
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The four pictures of what a page shows: at 1280 and 360 px, light and dark. */
async function picture(of: Page, name: string): Promise<void> {
  for (const target of [FOLDER, UNSHOWN_FOLDER]) mkdirSync(target, { recursive: true });
  const devTools = await of.context().newCDPSession(of);
  // nothing is pointed at
  await of.mouse.move(0, 0);
  for (const viewport of [WIDE, NARROW]) {
    await of.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await of.emulateMedia({ colorScheme });
      await of.locator(`html[data-theme="${colorScheme}"]`).waitFor();
      // posters and fonts of this width are there, and what was drawn anew is drawn
      await of.evaluate(`Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode().catch(() => 0))])
        .then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))`);
      const { data } = await devTools.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
      const shot = `${name}-${viewport.width}-${colorScheme}`;
      const file = `${SHOWN.has(shot) ? FOLDER : UNSHOWN_FOLDER}/${shot}.webp`;
      writeFileSync(file, Buffer.from(data, 'base64'));
      expect(statSync(file).size).toBeLessThan(MAX_BYTES);
    }
  }
  await of.setViewportSize(WIDE);
  await of.emulateMedia({ colorScheme: 'light' });
}

it('home', async () => {
  await page.goto('/');
  await page.getByRole('list', { name: 'New videos' }).waitFor();
  await picture(page, 'home');
});

it('watch', async () => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Colour bars' }).first().click();
  await page.locator('video').waitFor();
  await page.locator('video').evaluate((video: { pause(): void }) => video.pause());
  await page.getByRole('list', { name: 'Comments' }).waitFor();
  await picture(page, 'watch');
});

it('upload in the middle', async () => {
  const file = join(folder, 'a-walk-in-the-park.mp4');
  writeFileSync(file, await makeFilmClip({ picture: 'testsrc2', seconds: 8, size: '1280x720', bitRate: '6M' }));
  const uploading = await pageOf(browser, ada);
  const devTools = await uploading.context().newCDPSession(uploading);
  await uploading.goto('/upload');
  await devTools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: SLOW,
  });
  await uploading.locator('#upload-files').setInputFiles(file);
  await uploading.getByLabel('Title').fill('A walk in the park');
  await uploading.getByLabel('Tags').fill('park, walk');
  await uploading.getByLabel('Description').fill('Once round the pond, and back over the bridge.');
  const bar = uploading.getByRole('progressbar', { name: /^Upload of/ });
  const percent = async (): Promise<number> => Number(await bar.getAttribute('aria-valuenow'));
  await eventually(async () => expect(await percent()).toBeGreaterThanOrEqual(MIDDLE.from), UPLOAD_MS);
  await uploading.getByText(/\/s.*left/).waitFor();
  await uploading.evaluate('document.activeElement.blur(); scrollTo(0, 0)');
  await picture(uploading, 'upload');
  expect(await percent()).toBeLessThan(MIDDLE.to);
  await uploading.context().close();
});

it('studio', async () => {
  await page.goto('/studio');
  await page.getByRole('img', { name: /^Views by day/ }).waitFor();
  await picture(page, 'studio');
});

it('bell', async () => {
  await page.goto('/');
  await page.getByRole('list', { name: 'New videos' }).waitFor();
  await page.getByRole('button', { name: /^Notifications/ }).click();
  await page.getByRole('dialog', { name: 'Notifications' }).getByRole('listitem').first().waitFor();
  await picture(page, 'bell');
});

it('jobs', async () => {
  await deed('poison-ffmpeg');
  const clip = { picture: 'testsrc', seconds: 2, size: '320x180' };
  await uploadFilm(ada, { title: 'Unlucky', fileName: 'unlucky.mp4', visibility: 'private' }, clip);
  const admin = await openPage(browser);
  await admin.goto(inject('firstAdminPath'));
  const { handle, password } = newIdentity('Root');
  await admin.getByLabel('Name', { exact: true }).fill('Root');
  await admin.getByLabel('Handle').fill(handle);
  await admin.getByLabel('E-mail').fill(`${handle}@example.org`);
  await admin.getByLabel('Password', { exact: true }).fill(password);
  await admin.getByRole('button', { name: 'Create account' }).click();
  await admin.getByRole('row', { name: 'unlucky.mp4' }).getByText('dead').waitFor({ timeout: 90_000 });
  await deed('cure-ffmpeg');
  await picture(admin, 'jobs');
}, 180_000);
