/** What is claimed of every page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { NARROW, WIDE } from './browser.ts';
import { longMotions } from './page-looks.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What an open dialog covers is not looked at: it is dimmed and out of reach. */
const AXE_RUN = `axe.run(document.querySelector('[role="dialog"][data-state="open"]') ?? document, { resultTypes: ['violations'] })`;

/** Sizes of type, and radii, in px. The largest radius is that of what is round. */
const TYPE_SIZES = ['12px', '14px', '16px', '20px', '28px'];
const RADII = ['0px', '4px', '8px'];
/** What the pages, which are looked at without motion, may take for a change. */
const INSTANT_SECONDS = 0.001;

/** What is wrong with the page that is open, wide and light, narrow and dark; equal to {@link FAULTLESS} when nothing is. */
export interface PageFaults {
  readonly wide: readonly string[];
  readonly narrow: readonly string[];
  /** What is off the scale of the design, or moves. */
  readonly odd: readonly string[];
  /** Pixels by which it is wider than the narrowest screen. */
  readonly sideways: number;
}

/** Faults of a page that has none. */
export const FAULTLESS: PageFaults = { wide: [], narrow: [], odd: [], sideways: 0 };

/** Looks for faults of the page that is open, once it shows what it has. */
export async function faultsOf(page: Page): Promise<PageFaults> {
  await page.setViewportSize(WIDE);
  await showTheme(page, 'light');
  await untilShown(page);
  const wide = await seriousViolations(page);
  const odd = [...(await offScale(page)), ...(await longMotions(page, INSTANT_SECONDS))];
  await page.setViewportSize(NARROW);
  await showTheme(page, 'dark');
  const narrow = await seriousViolations(page);
  const sideways = await sidewaysPixels(page);
  await page.setViewportSize(WIDE);
  return { wide, narrow, odd, sideways };
}

/** Shows a theme, and waits until its colours are painted. */
export async function showTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
  // even the shortest transition of a colour takes a frame
  await page.evaluate(
    'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))))',
  );
}

/** Serious and critical violations that axe finds, each with its places. */
export async function seriousViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(`typeof axe === 'object'`))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>(AXE_RUN);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Pixels by which the page is wider than its window. */
export async function sidewaysPixels(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What of the page is off the scale of type sizes, radii and distances, is in another font, or has a shadow and does not float. */
async function offScale(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const faults = new Set();
    for (const element of document.querySelectorAll('body, body *:not(svg, svg *, script, style, noscript, option)')) {
      const style = getComputedStyle(element);
      const name = element.tagName.toLowerCase() + '.' + element.className;
      if (!${JSON.stringify(TYPE_SIZES)}.includes(style.fontSize)) faults.add('font-size ' + style.fontSize + ' ' + name);
      if (!style.fontFamily.includes('Inter Variable') && element.textContent !== '' && !element.closest('pre, code, kbd')) faults.add('font ' + style.fontFamily + ' ' + name);
      const radius = style.borderTopLeftRadius;
      const round = radius.endsWith('%') || parseFloat(radius) >= 1000;
      if (!round && !${JSON.stringify(RADII)}.includes(radius)) faults.add('radius ' + radius + ' ' + name);
      for (const side of ['paddingTop', 'paddingRight', 'paddingBottom', 'paddingLeft', 'rowGap', 'columnGap']) {
        if (parseFloat(style[side]) % 4 > 0) faults.add(side + ' ' + style[side] + ' ' + name);
      }
      const blurred = style.boxShadow.split(/,(?![^(]*\\))/).some((shadow) => parseFloat(shadow.split('px ')[2]) > 0);
      if (blurred && !element.closest('[role="dialog"], [role="menu"], [role="status"]')) faults.add('shadow ' + style.boxShadow + ' ' + name);
    }
    for (const icon of document.querySelectorAll('main svg, header svg, nav svg')) {
      if (!icon.classList.contains('lucide')) faults.add('icon ' + icon.outerHTML.slice(0, 80));
    }
    return [...faults];
  })()`);
}

/** Waits until the page shows what it has: a heading or a sentence, and no skeleton any more. */
async function untilShown(page: Page): Promise<void> {
  await page.locator('main h1, main [role="alert"], main p.max-w-prose').first().waitFor({ state: 'attached' });
  await page.locator('main .bone').first().waitFor({ state: 'detached' });
}
