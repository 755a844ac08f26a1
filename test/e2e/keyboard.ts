import type { Locator, Page } from 'playwright-core';

const PRESSES_MAX = 40;

/** Presses Tab until an element has the focus. Throws when it is not reached. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < PRESSES_MAX; presses += 1) {
    if (await target.evaluate((element) => element.matches(':focus'))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(target)} is not reached with Tab`);
}
