/** One load of a page in Chromium on a slowed processor and line, measured by the browser's own performance interfaces. */
import type { Browser, CDPSession } from 'playwright-core';
import { weighScripts } from '../../test/e2e/script-weight.ts';

/** The processor and line that a load is measured on: about a mid-range phone on a good 4G line. */
export const LOAD_CONDITIONS = { cpuSlowdown: 4, latencyMs: 150, bytesPerSecond: 1_638_400 / 8 } as const;
/** Milliseconds without a request after which a page counts as loaded. */
const QUIET_MS = 500;
/** What a task may take, in ms; what it takes beyond blocks. */
const TASK_MS = 50;

/** Kinds of what is transferred. */
export const KINDS = ['document', 'script', 'style', 'font', 'image', 'data', 'other'] as const;
/** A kind of what is transferred. */
export type TransferKind = (typeof KINDS)[number];

/** What a load cost. */
export interface PageLoad {
  /** Bytes as they went over the line, headers included. */
  readonly transferred: Readonly<Record<TransferKind, number>>;
  /** Bytes of the scripts alone, packed, without headers: what the first page has a bar for. */
  readonly scriptBodies: number;
  readonly requests: number;
  /** First and largest contentful paint, in ms after the navigation began. */
  readonly firstPaintMs: number;
  readonly largestPaintMs: number;
  /** Cumulative layout shift: the largest window of shifts. */
  readonly layoutShift: number;
  /** Sum of what tasks took beyond 50 ms after the first paint. */
  readonly blockedMs: number;
}

/** Loads a page in a fresh profile. */
export async function measurePageLoad(browser: Browser, url: string): Promise<PageLoad> {
  const context = await browser.newContext({ viewport: { width: 412, height: 823 } });
  try {
    const page = await context.newPage();
    const devTools = await context.newCDPSession(page);
    const { cpuSlowdown, latencyMs, bytesPerSecond } = LOAD_CONDITIONS;
    await devTools.send('Network.enable');
    await devTools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
    await devTools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: latencyMs,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond,
    });
    await page.addInitScript(OBSERVE);
    const traffic = watchTraffic(devTools);
    const scriptBytes = weighScripts(page);
    await page.goto(url, { waitUntil: 'load' });
    await traffic.quiet();
    const { firstPaintMs, largestPaintMs, shifts, tasks } = await page.evaluate<Observed>('globalThis.observed()');
    const late = tasks.filter(({ startMs }) => startMs >= firstPaintMs);
    return {
      transferred: traffic.bytes(),
      scriptBodies: await scriptBytes(),
      requests: traffic.requests(),
      firstPaintMs,
      largestPaintMs,
      layoutShift: largestWindow(shifts),
      blockedMs: late.reduce((sum, { durationMs }) => sum + Math.max(0, durationMs - TASK_MS), 0),
    };
  } finally {
    await context.close();
  }
}

interface Observed {
  readonly firstPaintMs: number;
  readonly largestPaintMs: number;
  readonly shifts: readonly Shift[];
  readonly tasks: readonly { readonly startMs: number; readonly durationMs: number }[];
}

interface Shift {
  readonly atMs: number;
  readonly value: number;
}

/** Runs in the page before its own code. */
const OBSERVE = `(() => {
  const seen = { paint: [], 'largest-contentful-paint': [], 'layout-shift': [], longtask: [] };
  for (const type of Object.keys(seen)) {
    new PerformanceObserver((list) => seen[type].push(...list.getEntries())).observe({ type, buffered: true });
  }
  globalThis.observed = () => ({
    firstPaintMs: seen.paint.find(({ name }) => name === 'first-contentful-paint')?.startTime ?? NaN,
    largestPaintMs: seen['largest-contentful-paint'].at(-1)?.startTime ?? NaN,
    shifts: seen['layout-shift'].filter((one) => !one.hadRecentInput).map((one) => ({ atMs: one.startTime, value: one.value })),
    tasks: seen.longtask.map((one) => ({ startMs: one.startTime, durationMs: one.duration })),
  });
})()`;

/** Shifts are summed over windows of at most 5 s without a pause of 1 s, as Core Web Vitals define it; the worst one counts. */
export function largestWindow(shifts: readonly Shift[]): number {
  let worst = 0;
  let sum = 0;
  let [first, last] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { atMs, value } of shifts) {
    if (atMs - last > 1000 || atMs - first > 5000) {
      sum = 0;
      first = atMs;
    }
    sum += value;
    last = atMs;
    worst = Math.max(worst, sum);
  }
  return worst;
}

const KIND_OF: Readonly<Record<string, TransferKind>> = {
  Document: 'document',
  Script: 'script',
  Stylesheet: 'style',
  Font: 'font',
  Image: 'image',
  Fetch: 'data',
  XHR: 'data',
};

/** Counts what goes over the line; the live stream of events, which never ends, counts as one request. */
function watchTraffic(devTools: CDPSession) {
  const kinds = new Map<string, TransferKind>();
  const open = new Set<string>();
  const bytes = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<TransferKind, number>;
  let timer: NodeJS.Timeout | undefined;
  let whenQuiet: () => void = () => undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (open.size === 0) timer = setTimeout(() => whenQuiet(), QUIET_MS);
  };
  devTools.on('Network.requestWillBeSent', ({ requestId, type }) => {
    kinds.set(requestId, KIND_OF[type ?? ''] ?? 'other');
    open.add(requestId);
    look();
  });
  devTools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes[kinds.get(requestId) ?? 'other'] += encodedDataLength;
    open.delete(requestId);
    look();
  });
  devTools.on('Network.loadingFailed', ({ requestId }) => {
    open.delete(requestId);
    look();
  });
  return {
    bytes: () => ({ ...bytes }),
    requests: () => kinds.size,
    quiet: () =>
      new Promise<void>((resolve) => {
        whenQuiet = resolve;
        look();
      }),
  };
}
