/** The first page: what it weighs, and what its policy keeps out. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openPage } from './browser.ts';
import { launchBrowser } from './chromium.ts';
import { SCRIPT_MAX_BYTES, weighScripts } from './script-weight.ts';

/** Path of the file that a module of the web was built into, which is loaded when it is needed. */
function builtFile(module: string): string {
  const manifest = JSON.parse(readFileSync('build/web/manifest.json', 'utf8')) as Record<string, { file: string }>;
  const file = manifest[module]?.file;
  if (file === undefined) throw new Error(`${module} is not a file of its own in the built web`);
  return `/${file}`;
}

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

describe('the first page', () => {
  it('needs at most 120 kB of JavaScript, packed, and neither player nor charts', async () => {
    const page = await openPage(browser);
    const scriptBytes = weighScripts(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto('/', { waitUntil: 'networkidle' });
    const total = await scriptBytes();
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThanOrEqual(SCRIPT_MAX_BYTES);
    expect(asked).not.toContain(builtFile('src/playback/video-player.vue'));
    expect(asked).not.toContain(builtFile('src/studio/series-chart.vue'));
    await page.context().close();
  });

  it('runs no script that stands in the page, nor one in an attribute, nor one of a stranger', async () => {
    const page = await openPage(browser);
    await page.goto('/');
    await page.getByRole('heading', { name: 'New' }).waitFor();
    const blocked = await page.evaluate<string[]>(`new Promise((resolve) => {
      const directives = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        directives.push(event.effectiveDirective);
        if (directives.length === 3) resolve(directives.sort());
      });
      const inline = document.createElement('script');
      inline.textContent = 'window.intruded = true';
      document.head.append(inline);
      const image = document.createElement('div');
      image.innerHTML = '<img src="/no-such" onerror="window.intruded = true">';
      document.body.append(image);
      const foreign = document.createElement('script');
      foreign.src = 'https://stranger.example/a.js';
      document.head.append(foreign);
    })`);
    expect(blocked).toEqual(['script-src-attr', 'script-src-elem', 'script-src-elem']);
    expect(await page.evaluate('window.intruded')).toBeUndefined();
    await page.context().close();
  });

  it('is asked for anew each time, its files never again', async () => {
    const { headers } = await fetch(inject('origin'));
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
    const script = /src="(\/assets\/[^"]+)"/.exec(await (await fetch(inject('origin'))).text())?.[1] ?? '';
    expect((await fetch(`${inject('origin')}${script}`)).headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${inject('origin')}/config.js`)).headers.get('cache-control')).toBe('no-store');
  });

  it('keeps what has an address in it: a page is shown after a reload, an unknown one says so', async () => {
    const page = await openPage(browser);
    await page.goto('/search?q=bars');
    expect(await page.getByRole('searchbox').inputValue()).toBe('bars');
    await page.goto('/no/such/page');
    await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
    expect(await page.title()).toMatch(/^Not found/);
    await page.context().close();
  });
});
