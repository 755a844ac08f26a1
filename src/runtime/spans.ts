/**
 * Spans of OpenTelemetry, where `@opentelemetry/api` is installed and an SDK is registered when the service starts. Without
 * them a step still has its trace, which logs and messages hand on. Attributes follow OpenTelemetry's semantic conventions.
 */
import type {
  Attributes,
  Context,
  ProxyTracerProvider,
  Span,
  SpanContext,
  Tracer,
  TracerProvider,
} from '@opentelemetry/api';
import {
  currentTrace,
  keepTracesIn,
  nextTrace,
  runInTrace,
  traceIdsOf,
  type Trace,
  type TraceContext,
  type TraceStorage,
} from './trace.ts';
import { textOf } from './dependency.ts';
import type { Logger } from './log.ts';

type Api = typeof import('@opentelemetry/api');

/** What a span says from its beginning on. */
export interface SpanFacts {
  readonly name: string;
  readonly kind: 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  readonly attributes: Attributes;
}

/** What a span learns at its end. */
export interface SpanEnd {
  /** Class of the error, if it failed. @default - it succeeded */
  readonly error?: string | undefined;
  /** @default - the name it began with */
  readonly name?: string;
  readonly attributes?: Attributes;
}

/** A request or message that is handled: its trace, and its span where one is recorded. */
export interface Step {
  readonly trace: Trace;
  /** Whether it has a span of its own. */
  readonly recorded: boolean;
  /** Runs a function, and all that it awaits, within the step. */
  run<T>(work: () => T): T;
  end(end?: SpanEnd): void;
}

const TRACER = 'cdk8s-nats/runtime';
let recorder: Recorder | undefined;

interface Recorder {
  readonly api: Api;
  readonly log: Logger;
  /** Whether it was logged that the SDK threw. */
  faultTold: boolean;
  readonly tracer: Tracer;
  readonly traceKey: symbol;
  /** Keeps traces in the SDK's context. */
  readonly traces: TraceStorage;
}

/** Looks for an SDK. What is registered later is not seen. One that keeps no context could keep no trace either: it is left out. */
export async function findTracingSdk(log: Logger): Promise<void> {
  const api = await loadApi();
  const provider = api?.trace.getTracerProvider();
  const found = api === undefined || provider === undefined || isStandIn(provider) ? undefined : recorderOn(api, log);
  const keepsContext = found === undefined || keepsTraces(found.traces);
  if (!keepsContext) log.warn('the SDK of OpenTelemetry has no context manager: no spans are recorded');
  recorder = keepsContext ? found : undefined;
  keepTracesIn(recorder?.traces);
}

/** Runs a function outside of all spans. What is opened there, such as a socket that listens, hands none on to what it receives. */
export function outsideSpans<T>(work: () => T): T {
  return recorder === undefined ? work() : recorder.api.context.with(recorder.api.ROOT_CONTEXT, work);
}

/** Begins a step as the child of what was received. `facts` is called only where spans are recorded. */
export function beginStep(requestId: string, received: TraceContext | undefined, facts: () => SpanFacts): Step {
  const started = startSpan(received, facts);
  if (started === undefined) return new TracedStep(nextTrace(requestId, received));
  const { recorder: by, span, context } = started;
  const trace = { requestId, ...contextOf(span.spanContext()) };
  return new RecordedStep(by.api, trace, span, context.setValue(by.traceKey, trace));
}

/** The step of a request for which an instrumentation of HTTP has opened a span already; undefined without one. */
export function openedStep(requestId: string): Step | undefined {
  const span = recorder?.api.trace.getActiveSpan();
  return span && new TracedStep({ requestId, ...contextOf(span.spanContext()) });
}

/** Something that is being sent. */
export interface Sending {
  /** What travels with it: the context of its span, or that of the parent where no span is recorded. */
  readonly context: TraceContext | undefined;
  end(end?: SpanEnd): void;
}

/** Begins to send something as the child of `parent`. */
export function beginSending(parent: TraceContext | undefined, facts: () => SpanFacts): Sending {
  const started = startSpan(parent, facts);
  if (started === undefined) return { context: parent, end: () => undefined };
  const { recorder: by, span } = started;
  return { context: contextOf(span.spanContext()), end: (end) => endSpan(by.api, span, end) };
}

/** Sends something within a span, where one is recorded. */
export async function sendInSpan<T>(
  parent: TraceContext | undefined,
  facts: () => SpanFacts,
  send: (context: TraceContext | undefined) => Promise<T>,
): Promise<T> {
  if (recorder === undefined) return await send(parent);
  const sending = beginSending(parent, facts);
  try {
    const result = await send(sending.context);
    sending.end();
    return result;
  } catch (error) {
    sending.end({ error: errorType(error), attributes: { 'exception.message': textOf(error) } });
    throw error;
  }
}

/** The trace context of what runs now: that of the active span, or else of the present request or message. */
export function currentContext(): TraceContext | undefined {
  const span = recorder?.api.trace.getActiveSpan();
  return span === undefined ? currentTrace() : contextOf(span.spanContext());
}

/** Notes an event in the active span. */
export function noteInSpan(name: string, attributes: Attributes): void {
  guarded(() => recorder?.api.trace.getActiveSpan()?.addEvent(name, attributes));
}

/** Class of an error, for `error.type`. */
export function errorType(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Has the SDK send what it has collected. Resolves when that is done, at once without an SDK; rejects with the first error. */
export async function flushSpans(): Promise<void> {
  const provider: unknown = recorder?.api.trace.getTracerProvider();
  const { getDelegate } = (provider ?? {}) as { getDelegate?: () => unknown };
  const sdk = (getDelegate?.call(provider) ?? provider ?? {}) as { forceFlush?: () => Promise<void> };
  try {
    await sdk.forceFlush?.();
  } catch (error) {
    // the SDK rejects with a list of them
    throw Array.isArray(error) ? error[0] : error;
  }
}

function recorderOn(api: Api, log: Logger): Recorder {
  const traceKey = api.createContextKey(TRACER);
  const { context } = api;
  return {
    ...{ api, log, faultTold: false },
    tracer: api.trace.getTracer(TRACER),
    traceKey,
    traces: {
      run: (trace, work) => context.with(context.active().setValue(traceKey, trace), work),
      get: () => context.active().getValue(traceKey) as Trace | undefined,
    },
  };
}

async function loadApi(): Promise<Api | undefined> {
  try {
    return await import('@opentelemetry/api');
  } catch {
    // not installed
    return undefined;
  }
}

/** Whether a provider is the API's own, to which no SDK is registered. */
function isStandIn(provider: TracerProvider | ProxyTracerProvider): boolean {
  return 'getDelegateTracer' in provider && provider.getDelegateTracer(TRACER) === undefined;
}

/** Whether what is kept is there again within. */
function keepsTraces(traces: TraceStorage): boolean {
  const probe = { requestId: 'probe', traceparent: '' };
  return traces.run(probe, () => traces.get() === probe);
}

interface StartedSpan {
  readonly recorder: Recorder;
  readonly span: Span;
  readonly context: Context;
}

/** Undefined where no span is recorded. */
function startSpan(parent: TraceContext | undefined, facts: () => SpanFacts): StartedSpan | undefined {
  const present = recorder;
  if (present === undefined) return undefined;
  return guarded(() => {
    const { api, tracer } = present;
    const { name, kind, attributes } = facts();
    const remote = parent && spanContextOf(api, parent);
    const around = remote === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, remote);
    const span = tracer.startSpan(name, { kind: api.SpanKind[kind], attributes }, around);
    return { recorder: present, span, context: api.trace.setSpan(around, span) };
  });
}

/** Samplers and processors are code of the user, which no request or delivery may fail by. */
function guarded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (recorder?.faultTold === false) {
      recorder.faultTold = true;
      recorder.log.warn({ err: error }, 'the SDK of OpenTelemetry threw: spans are lost, more of it is not logged');
    }
    return undefined;
  }
}

function spanContextOf(api: Api, { traceparent, tracestate }: TraceContext): SpanContext | undefined {
  const ids = traceIdsOf(traceparent);
  if (ids === undefined) return undefined;
  const { traceId, spanId } = ids;
  return {
    ...{ traceId, spanId, isRemote: true, traceFlags: Number.parseInt(ids.flags, 16) & api.TraceFlags.SAMPLED },
    ...(tracestate === undefined ? {} : { traceState: api.createTraceState(tracestate) }),
  };
}

function contextOf({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const traceparent = `00-${traceId}-${spanId}-${traceFlags & 1 ? '01' : '00'}`;
  return traceState === undefined ? { traceparent } : { traceparent, tracestate: traceState.serialize() };
}

class TracedStep implements Step {
  readonly trace: Trace;
  readonly recorded = false;

  constructor(trace: Trace) {
    this.trace = trace;
  }

  run<T>(work: () => T): T {
    return runInTrace(this.trace, work);
  }

  end(): void {
    // no span of its own
  }
}

class RecordedStep implements Step {
  readonly trace: Trace;
  readonly recorded = true;
  private readonly api: Api;
  private readonly span: Span;
  private readonly context: Context;

  constructor(api: Api, trace: Trace, span: Span, context: Context) {
    this.trace = trace;
    this.api = api;
    this.span = span;
    this.context = context;
  }

  run<T>(work: () => T): T {
    return this.api.context.with(this.context, work);
  }

  end(end?: SpanEnd): void {
    endSpan(this.api, this.span, end);
  }
}

function endSpan(api: Api, span: Span, { error, name, attributes }: SpanEnd = {}): void {
  guarded(() => {
    if (name !== undefined) span.updateName(name);
    if (attributes !== undefined) span.setAttributes(attributes);
    if (error !== undefined) {
      span.setAttribute('error.type', error);
      span.setStatus({ code: api.SpanStatusCode.ERROR });
    }
    span.end();
  });
}
