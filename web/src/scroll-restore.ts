/** Milliseconds that a reloaded page may take to be as long as it was. */
const PATIENCE_MS = 30_000;

/** Waits until the page is long enough to be scrolled to `top` again, as after a reload. False when it takes too long, or the reader scrolls. */
export async function untilLongEnough(top: number): Promise<boolean> {
  const { documentElement: page, body } = document;
  const isLongEnough = (): boolean => page.scrollHeight - page.clientHeight >= top;
  if (isLongEnough()) return true;
  const done = new AbortController();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      done.abort();
      resolve();
    };
    const growth = new ResizeObserver(() => isLongEnough() && end());
    growth.observe(body);
    const timer = setTimeout(end, PATIENCE_MS);
    done.signal.addEventListener('abort', () => {
      growth.disconnect();
      clearTimeout(timer);
    });
    for (const name of ['wheel', 'touchmove', 'keydown']) {
      globalThis.addEventListener(name, end, { passive: true, signal: done.signal });
    }
  });
  return isLongEnough();
}
