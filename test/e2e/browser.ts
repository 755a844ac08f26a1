/** People in a browser: each has a fresh profile and an account of their own. */
import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { inject } from 'vitest';
import { Member, type Identity } from '../../demo/member.ts';

/** The usual screen. */
export const WIDE = { width: 1280, height: 800 } as const;
/** The narrowest screen that is served. */
export const NARROW = { width: 360, height: 740 } as const;

/** Longest time in ms that a step of a test waits for the page. */
const WAIT_MS = 30_000;

/** A page with a fresh profile; its waits are short enough that a test's failure names the step. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: inject('origin'),
    viewport: WIDE,
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(WAIT_MS);
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

/**
 * Waits until an expression is true in the page. Playwright's own `waitForFunction` evaluates its text again and again
 * by `eval`, which the policy of the pages forbids.
 */
export async function untilTrue(page: Page, expression: string, withinMs = WAIT_MS): Promise<void> {
  const what = JSON.stringify(`not true within ${withinMs} ms: ${expression}`);
  await page.evaluate(`new Promise((resolve, reject) => {
    const end = performance.now() + ${withinMs};
    const look = () => {
      if (${expression}) resolve();
      else if (performance.now() > end) reject(new Error(${what}));
      else setTimeout(look, 20);
    };
    look();
  })`);
}

/** Does something to the platform, see platform-setup.ts. */
export async function deed(name: string): Promise<void> {
  const { ok, status, statusText } = await fetch(`${inject('deeds')}/${name}`, { method: 'POST' });
  if (!ok) throw new Error(`${name} was answered with ${status} ${statusText}`);
}
