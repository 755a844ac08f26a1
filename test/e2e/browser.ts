/** Debian's Chromium, and people in it: each has a fresh profile and an account of their own. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { ensureProgram } from '#local-runner';
import { Member, type Identity } from '../../deploy/demo/member.ts';

const WIDE = { width: 1280, height: 800 } as const;
/** The narrowest screen that is served. */
export const NARROW = { width: 360, height: 740 } as const;

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--mute-audio',
];

/** Starts a browser. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await ensureProgram('chromium'), args: CHROMIUM_FLAGS });
}

/** A page with a fresh profile; its waits are short enough that a test's failure names the step. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: inject('origin'),
    viewport: WIDE,
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(15_000);
  return await context.newPage();
}

/** Somebody whose name nobody else has. */
export function newIdentity(displayName: string): Identity {
  const handle = `${displayName.toLowerCase().replace(/[^a-z0-9]/g, '')}_${randomBytes(3).toString('hex')}`;
  return { handle, displayName, password: `correct horse ${handle}` };
}

/** Somebody with an account. */
export async function newMember(displayName: string): Promise<Member> {
  const member = new Member(inject('origin'), newIdentity(displayName));
  await member.signUp();
  return member;
}

/** A page of somebody who is logged in. */
export async function pageOf(browser: Browser, member: Member, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await openPage(browser, options);
  const [name = '', value = ''] = (member.headers['cookie'] ?? '').split('=');
  await page.context().addCookies([{ name, value, url: inject('origin'), httpOnly: true, sameSite: 'Lax' }]);
  return page;
}

/** Does something to the platform, see platform-setup.ts. */
export async function deed(name: string): Promise<void> {
  const { ok, status, statusText } = await fetch(`${inject('deeds')}/${name}`, { method: 'POST' });
  if (!ok) throw new Error(`${name} was answered with ${status} ${statusText}`);
}

/** Whether pictures for the documentation are to be made. */
export const PICTURES_WANTED = process.env.SCREENSHOTS === '1';
const PICTURES = 'docs/screenshots';

/** Makes the four pictures of a page, at 1280 and 360 px, light and dark, when they are wanted. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES_WANTED) return;
  mkdirSync(PICTURES, { recursive: true });
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForFunction(`document.documentElement.dataset.theme === '${colorScheme}'`);
      await page.screenshot({
        path: `${PICTURES}/${name}-${viewport.width}-${colorScheme}.png`,
        animations: 'disabled',
      });
    }
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}
