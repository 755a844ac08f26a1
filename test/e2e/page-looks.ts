/** How a page looks to who walks through it with Tab, and how long what moves on it moves. */
import type { Page } from 'playwright-core';

/** Where Tab leads, and how it shows. */
export interface FocusStop {
  readonly name: string;
  /** Whether the element, what it is drawn on, or the label that stands for it has a ring of 2 px in the accent. */
  readonly ringed: boolean;
}

const STOPS_MAX = 120;

/** Walks through the page with Tab, from its start to its end. */
export async function focusStops(page: Page): Promise<readonly FocusStop[]> {
  await page.evaluate(`document.activeElement?.blur(); getSelection()?.removeAllRanges(); scrollTo(0, 0)`);
  const stops: FocusStop[] = [];
  while (stops.length < STOPS_MAX) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate<FocusStop | undefined>(LOOK_AT_FOCUS);
    if (stop === undefined) return stops;
    stops.push(stop);
  }
  throw new Error(`the walk through the page does not end after ${STOPS_MAX} stops`);
}

/** Undefined at the end of the page. An element with a shadow has its ring inside, where the player's own variable draws it. */
const LOOK_AT_FOCUS = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body || element.dataset.walked === 'true') return undefined;
  element.dataset.walked = 'true';
  const inner = element.shadowRoot?.querySelector(':focus-visible') ?? element;
  const hex = getComputedStyle(element).getPropertyValue('--accent').trim();
  const accent = 'rgb(' + [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(', ') + ')';
  const styles = [getComputedStyle(inner), getComputedStyle(element), getComputedStyle(element, '::after'), getComputedStyle(element.parentElement)];
  const outlined = styles.some((style) => style.outlineStyle === 'solid' && style.outlineWidth === '2px' && style.outlineColor === accent);
  const shadowed = [...(element.shadowRoot?.querySelectorAll('*') ?? []), element].some((part) => {
    const shadow = getComputedStyle(part).boxShadow;
    return shadow.includes(accent) && shadow.includes('0px 0px 0px 2px');
  });
  const name = element.tagName.toLowerCase() + ' ' + (element.ariaLabel ?? element.textContent?.trim().slice(0, 40) ?? '');
  return { name, ringed: outlined || shadowed };
})()`;

/**
 * What is shown and moves for longer than it may, inside of the player's own elements too. What turns or pulses while one
 * waits goes on as long as the wait.
 */
export async function longMotions(page: Page, mostSeconds: number): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`(() => {
    const seconds = (text) => text.split(',').map(parseFloat);
    const paintsNothing = (element, style) => element.childNodes.length === 0 && element.shadowRoot === null && style.backgroundColor === 'rgba(0, 0, 0, 0)' && style.borderRightWidth === '0px' && element.tagName === 'DIV';
    const faults = new Set();
    const look = (root) => {
      for (const element of root.querySelectorAll('*')) {
        const style = getComputedStyle(element);
        if (!element.checkVisibility() || paintsNothing(element, style)) continue;
        const name = element.tagName.toLowerCase() + '.' + String(element.className?.baseVal ?? element.className);
        const changes = style.transitionProperty === 'none' ? [0] : seconds(style.transitionDuration);
        const endless = style.animationIterationCount.includes('infinite');
        const runs = style.animationName === 'none' || endless ? [0] : seconds(style.animationDuration);
        const longest = Math.max(...changes, ...runs);
        if (longest > ${mostSeconds}) faults.add(longest + ' s: ' + name);
        if (style.animationName !== 'none' && endless && !element.matches('.animate-spin, .animate-pulse')) faults.add('endless: ' + name);
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document);
    return [...faults];
  })()`);
}
