/** An administrator, from the link that makes the first one to a dead job that is run again; nobody else gets in. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Member } from '../../demo/member.ts';
import { deed, newIdentity, newMember, openPage, pageOf } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { uploadFilm } from './film.ts';
import { faultsOf, FAULTLESS } from './page-claims.ts';

/** Two attempts of a job whose worker dies in each, and the time after which it counts as dead. */
const DEAD_MS = 180_000;
const PROCESSING_MS = 180_000;
const FILE_NAME = 'unlucky.mp4';

let browser: Browser;
let ada: Member;
let videoId: string;
let admin: Page;
let adasPage: Page;

beforeAll(async () => {
  [browser, ada] = [await launchBrowser(), await newMember('Ada')];
  adasPage = await pageOf(browser, ada);
});
afterAll(async () => {
  await deed('cure-ffmpeg');
  await browser.close();
});

/** Waits until a tile of the page of jobs says this; the page looks every few seconds. */
async function tile(label: string, value: RegExp): Promise<void> {
  const place = admin.locator('main dl > div').filter({ has: admin.getByText(label, { exact: true }) });
  await place.locator('dd').first().filter({ hasText: value }).waitFor();
}

/** The row of the dead letter: other tests leave some too, of a worker that died there is this one. */
const letter = (): Locator => admin.getByRole('row').filter({ hasText: 'the consumer died on the last delivery' });

describe('an administrator', () => {
  it('is made once, by the link that the command prints', async () => {
    admin = await openPage(browser);
    await admin.goto(inject('firstAdminPath'));
    const { handle, password } = newIdentity('Root');
    await admin.getByLabel('Name', { exact: true }).fill('Root');
    await admin.getByLabel('Handle').fill(handle);
    await admin.getByLabel('E-mail').fill(`${handle}@example.org`);
    await admin.getByLabel('Password', { exact: true }).fill(password);
    await admin.getByRole('button', { name: 'Create account' }).click();
    await admin.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
    const late = await openPage(browser);
    await late.goto(inject('firstAdminPath'));
    await late.getByText('This link is invalid, already used or expired.').waitFor();
    await late.context().close();
  });

  it('sees how many are worked on', async () => {
    await deed('poison-ffmpeg');
    const clip = { picture: 'testsrc', seconds: 2, size: '320x180' };
    videoId = await uploadFilm(ada, { title: 'Unlucky', fileName: FILE_NAME, visibility: 'public' }, clip);
    await tile('In flight', /^1$/);
  });

  it('is the only one who sees jobs', async () => {
    await adasPage.goto('/jobs');
    await adasPage.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
    expect(await adasPage.getByRole('link', { name: 'Jobs' }).count()).toBe(0);
  });

  it('sees a job that is given up, and its owner is told what to do', async () => {
    await adasPage.goto(`/watch/${videoId}`);
    const place = adasPage.locator('main .aspect-video').getByRole('list', { name: 'Processing' });
    await place.getByText(/given up after 2 attempts/).waitFor({ timeout: DEAD_MS });
    await adasPage.getByRole('button', { name: 'Try again' }).waitFor();
    await admin.getByRole('row', { name: FILE_NAME }).getByText('dead').waitFor();
  });

  it('sees of each job its owner, state, attempts, worker and last error', async () => {
    const table = admin.getByRole('table', { name: 'Jobs' });
    const columns = ['File', 'State', 'Attempts', 'Worker', 'Last error', 'Changed'];
    expect(await table.getByRole('columnheader').allTextContents()).toEqual(columns);
    const row = table.getByRole('row', { name: FILE_NAME });
    await row.getByRole('link', { name: `@${ada.identity.handle}` }).waitFor();
    await row.getByText('Processing was interrupted 2 times and is not retried.').waitFor();
    expect(await row.getByRole('cell').nth(2).textContent()).toMatch(/2/);
  });

  it('reads the payload and the reason of a dead letter', async () => {
    await admin.getByRole('tab', { name: /^Dead letters/ }).click();
    await letter().getByRole('link').click();
    const opened = admin.getByRole('dialog', { name: 'video.process' });
    await opened.getByText(/no outcome came of any of its deliveries/).waitFor();
    expect(await opened.getByRole('group', { name: 'Payload' }).textContent()).toContain(videoId);
    await admin.keyboard.press('Escape');
    await opened.waitFor({ state: 'hidden' });
  });

  it('redrives it, asked once; sees how many jobs wait and how long the oldest does, and the job run to its end', async () => {
    await deed('cure-ffmpeg');
    await deed('stop/media');
    try {
      await letter()
        .getByRole('button', { name: /^Redrive dead letter/ })
        .click();
      const question = admin.getByRole('dialog', { name: 'Redrive this dead letter?' });
      await question.getByRole('button', { name: 'Redrive' }).click();
      await admin.getByText('Redriven. The job is back in the queue.').waitFor();
      await letter()
        .getByText(/^redriven/)
        .waitFor();
      await tile('Waiting', /^1$/);
      await tile('Oldest', /^\d+ (s|min)$/);
    } finally {
      await deed('start/media');
    }
    await admin.getByRole('tab', { name: 'Jobs', exact: true }).click();
    await admin.getByRole('row', { name: FILE_NAME }).getByText('done').waitFor({ timeout: PROCESSING_MS });
    await tile('Waiting', /^0$/);
    await tile('Oldest', /^–$/);
    // the page of its owner followed it without a reload
    await adasPage.locator('video').waitFor({ state: 'attached' });
  });

  it.each(['/jobs', '/jobs?tab=dead-letters'])('has no serious fault of accessibility on %s', async (path) => {
    const page = await admin.context().newPage();
    await page.goto(path);
    expect(await faultsOf(page)).toEqual(FAULTLESS);
    await page.close();
  });

  it('opens the timeline of a job', async () => {
    // anywhere in its row
    await admin.getByRole('row', { name: FILE_NAME }).getByRole('cell').nth(2).click();
    const history = admin.getByRole('dialog');
    await history.getByText('queued again').waitFor();
    // as many as it was tried before it was given up; one that the redriven run met counts too
    expect(await history.getByText('the worker died').count()).toBeGreaterThanOrEqual(2);
    await admin.keyboard.press('Escape');
    await history.waitFor({ state: 'hidden' });
  });
});
