/** W3C trace context of what runs now: set by the request or message that caused it, read by logs and by what is published. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** W3C trace context, as the header of a request or message has it. */
export interface TraceContext {
  /** W3C `traceparent`, handed on with every message that is published. */
  readonly traceparent: string;
  /** W3C `tracestate`, which belongs to the tracing systems on the way. @default - none */
  readonly tracestate?: string | undefined;
}

/** What a request or message and all that it causes have in common. */
export interface Trace extends TraceContext {
  /** Id that a person can quote; in a log line `requestId`. */
  readonly requestId: string;
}

/** The ids in a `traceparent`. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
  /** Two hexadecimal digits. */
  readonly flags: string;
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Longer ones may be dropped, and a header is one line. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** Where the trace of what runs now is kept, along what is awaited. */
export interface TraceStorage {
  run<T>(trace: Trace, work: () => T): T;
  get(): Trace | undefined;
}

const asyncStorage = new AsyncLocalStorage<Trace>();
const ownStorage: TraceStorage = {
  run: (trace, work) => asyncStorage.run(trace, work),
  get: () => asyncStorage.getStore(),
};
let storage = ownStorage;

/** Keeps traces in another storage: before Node 24, each one costs time in every promise. */
export function keepTracesIn(other: TraceStorage = ownStorage): void {
  storage = other;
}

/** Runs a function, and all that it awaits, within a trace. */
export function runInTrace<T>(trace: Trace, run: () => T): T {
  return storage.run(trace, run);
}

/** The trace of what runs now; undefined outside requests and messages. */
export function currentTrace(): Trace | undefined {
  return storage.get();
}

/** The trace of what runs now as a log line has it. */
export function traceFields(trace = currentTrace()): Pick<Trace, 'requestId' | 'traceparent'> | undefined {
  return trace && { requestId: trace.requestId, traceparent: trace.traceparent };
}

/** The ids in a `traceparent` of any version; undefined for one that is malformed. */
export function traceIdsOf(traceparent: string): TraceIds | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  // version 00 has exactly these fields, later ones may have more
  if (version === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceId, spanId, flags };
}

/** Trace context of two fields that were received; an unusable `tracestate` is left out. */
export function contextOfFields(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent === '') return undefined;
  return typeof tracestate === 'string' && TRACESTATE.test(tracestate) ? { traceparent, tracestate } : { traceparent };
}

/** A trace for the next step: the received trace with a new span, or a new trace without a readable one. */
export function nextTrace(requestId: string, received: TraceContext | undefined): Trace {
  const span = randomHex(8);
  const ids = received && traceIdsOf(received.traceparent);
  if (ids === undefined) return { requestId, traceparent: `00-${randomHex(16)}-${span}-01` };
  const traceparent = `00-${ids.traceId}-${span}-${ids.flags}`;
  const { tracestate } = received ?? {};
  return tracestate === undefined ? { requestId, traceparent } : { requestId, traceparent, tracestate };
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
