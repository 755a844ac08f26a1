/** Addresses of pages, so that a link and the route that it leads to cannot drift apart. */

/** The page of a video. */
export const watchPath = (videoId: string): string => `/watch/${encodeURIComponent(videoId)}`;

/** The channel of a person. */
export const channelPath = (handle: string): string => `/@${encodeURIComponent(handle)}`;

/** Results of a search for words. */
export const searchPath = (words: string): string => `/search?q=${encodeURIComponent(words)}`;

/** Videos with a tag. */
export const tagPath = (tag: string): string => `/search?tag=${encodeURIComponent(tag)}`;

/** The log-in page, which leads back to where somebody was. */
export const logInPath = (from: string): string =>
  from === '/' ? '/login' : `/login?next=${encodeURIComponent(from)}`;

/** Where a page leads back to: a path of this site, never another one. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}
