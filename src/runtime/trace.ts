/** W3C trace context of what runs now: set by the request or message that caused it, read by logs and by what is published. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** What a request or message and all that it causes have in common. */
export interface Trace {
  /** Id that a person can quote; in a log line `requestId`. */
  readonly requestId: string;
  /** W3C `traceparent`, handed on with every message that is published. */
  readonly traceparent: string;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;
const storage = new AsyncLocalStorage<Trace>();

/** Runs a function, and all that it awaits, within a trace. */
export function runInTrace<T>(trace: Trace, run: () => T): T {
  return storage.run(trace, run);
}

/** The trace of what runs now; undefined outside requests and messages. */
export function currentTrace(): Trace | undefined {
  return storage.getStore();
}

/** A `traceparent` for the next step: same trace and a new span, or a new trace without a readable one. */
export function nextTraceparent(received: string | undefined): string {
  const span = randomHex(8);
  const match = TRACEPARENT.exec(received ?? '');
  if (match) return `00-${match[1] ?? ''}-${span}-${match[2] ?? '00'}`;
  return `00-${randomHex(16)}-${span}-01`;
}

/** Random bytes, drawn by the page: asking the system for each few costs more than all that is made of them. */
const drawn = Buffer.alloc(4096);
let used = drawn.length;

function randomHex(bytes: number): string {
  if (used + bytes > drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += bytes;
  return drawn.toString('hex', used - bytes, used);
}
