/** Accounts as a person makes and uses them, with the mouse, with the keyboard alone and on a narrow screen. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NARROW, newIdentity, newMember, openPage } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { tabTo } from './keyboard.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

describe('an account', () => {
  it.each([
    ['at 1280 px', undefined],
    ['at 360 px', NARROW],
  ])('is made %s, and its owner is logged in', async (_, viewport) => {
    const page = await openPage(browser, viewport === undefined ? {} : { viewport });
    const { handle, password } = newIdentity('Grace');
    await page.goto('/signup');
    await page.getByLabel('Name', { exact: true }).fill('Grace');
    await page.getByLabel('Handle').fill(handle);
    await page.getByLabel('E-mail').fill(`${handle}@example.org`);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL('/');
    await page.getByRole('button', { name: 'Account menu' }).click();
    await page.getByText(`@${handle}`).waitFor();
    await page.context().close();
  });

  it('is not made with faults, which stand at their fields; the first has the focus, and what was typed stays', async () => {
    const page = await openPage(browser);
    await page.goto('/signup');
    await page.getByLabel('Name', { exact: true }).fill('Grace');
    await page.getByLabel('Handle').fill('no spaces allowed');
    await page.getByRole('button', { name: 'Sign up' }).click();
    const handle = page.getByLabel('Handle');
    await page.locator('[data-field="handle"][aria-invalid="true"]').waitFor();
    expect(await handle.evaluate((element) => element.matches(':focus'))).toBe(true);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Grace');
    await page.context().close();
  });

  it('is logged in to with the keyboard alone, and each stop shows its ring', async () => {
    const { identity } = await newMember('Grace');
    const page = await openPage(browser);
    await page.goto('/login');
    await page.locator('[name="login"]').waitFor();
    await tabTo(page, page.locator('[name="login"]'));
    await page.keyboard.type(identity.handle);
    await tabTo(page, page.locator('[name="password"]'));
    const ring = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth');
    expect(ring).toBe('2px');
    await page.keyboard.type(identity.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('/');
    await page.getByRole('button', { name: 'Account menu' }).waitFor();
    await page.context().close();
  });
});
