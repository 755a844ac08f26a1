/** What a page needs of JavaScript: the bodies of its scripts as they are transferred, packed, without the headers of the answers. */
import type { Page } from 'playwright-core';

/** Bytes of JavaScript that the first page may need. */
export const SCRIPT_MAX_BYTES = 120 * 1000;

/** Weighs what a page loads from now on; the function gives the bytes so far. */
export function weighScripts(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    const request = response.request();
    if (request.resourceType() === 'script') sizes.push(request.sizes().then((all) => all.responseBodySize));
  });
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
