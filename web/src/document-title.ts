import { runtimeConfig } from './runtime-config.ts';

/** Title of the document for the title of a page. */
export function documentTitle(page: string): string {
  return page === '' ? runtimeConfig.name : `${page} · ${runtimeConfig.name}`;
}
