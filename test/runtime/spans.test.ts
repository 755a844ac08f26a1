/** Spans of a service on real stores, into an exporter of the test's own; and the headers that carry a trace without an SDK. */
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { randomBytes, randomUUID } from 'node:crypto';
import { headers as natsHeaders } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { envelopeOf } from '#declare';
import { currentTrace, PermanentError, startService, type RunningService } from '#runtime';
import type { OpenNats } from '#runtime/events/connection';
import { eventually } from '#test-support/eventually';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { notes, notesDefinition, notesTopology, noteWritten, type NotesTables } from './sample-service.ts';

const STATE = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE';
const PROCESS = 'process events.notes.written';
const PUBLISH = 'publish events.notes.written';

let stores: ServiceStores;
let admin: OpenNats;
let running: RunningService<typeof notes, NotesTables> | undefined;
const seen: (string | undefined)[] = [];

beforeAll(async () => {
  stores = await startServiceStores(notesTopology);
  admin = await stores.adminNats();
  await stores.provision();
});

afterEach(async () => {
  await running?.stop();
  seen.length = 0;
});

afterAll(async () => {
  await stores.stop();
});

/** Starts the sample. Effects of the text `flawed` fail once, of `hopeless` always. */
async function start(): Promise<string> {
  const definition = notesDefinition({
    onWritten: async (text, attempt) => {
      seen.push(currentTrace()?.traceparent);
      if (text === 'flawed' && attempt === 1) throw new Error('try again');
      if (text === 'hopeless') throw new PermanentError('it will never work');
      await Promise.resolve();
    },
  });
  running = await startService(definition, { env: stores.env(notes), port: 0 });
  return running.url;
}

async function writeNote(url: string, text: string, own: Readonly<Record<string, string>> = {}): Promise<Response> {
  const { headers } = await stores.logIn();
  const sent = { ...headers, 'content-type': 'application/json', ...own };
  return await fetch(`${url}/api/notes/notes`, { method: 'POST', headers: sent, body: JSON.stringify({ text }) });
}

function newTrace(): { readonly traceId: string; readonly spanId: string; readonly traceparent: string } {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

/** Publishes a note as a client of another language would. */
function publishForeign(text: string, header: Readonly<Record<string, string>>, traceparent?: string): void {
  const data = { noteId: randomUUID(), ownerId: randomUUID(), text };
  const envelope = envelopeOf(noteWritten, {
    ...{ id: randomUUID(), time: new Date(), source: 'notes', subject: data.noteId, data, traceparent },
  });
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(header)) headers.set(name, value);
  admin.connection.publish(noteWritten.subject, JSON.stringify(envelope), { headers });
}

/** The header of the last message of the stream. */
async function lastHeader(): Promise<Record<string, string | undefined>> {
  const manager = await admin.connection.jetstreamManager();
  const { header } = await manager.streams.getMessage('EVENTS', { last_by_subj: noteWritten.subject });
  return Object.fromEntries([...header].map(([name, values]) => [name, values[0]]));
}

describe('without an SDK', () => {
  it('carries the trace of a request in the header of its messages, and on to what handles them', async () => {
    const url = await start();
    const { traceId, traceparent } = newTrace();
    expect((await writeNote(url, 'hello', { traceparent, tracestate: STATE })).status).toBe(201);
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toContain(traceId);
    expect(await lastHeader()).toMatchObject({
      traceparent: expect.stringContaining(traceId) as unknown,
      tracestate: STATE,
    });
  });

  it.each([
    ['the header', (traceparent: string) => publishForeign('x', { traceparent })],
    ['a header that Go has written', (traceparent: string) => publishForeign('x', { Traceparent: traceparent })],
    ['the envelope, as earlier versions do', (traceparent: string) => publishForeign('x', {}, traceparent)],
    [
      'the header before the envelope',
      (traceparent: string) => publishForeign('x', { traceparent }, newTrace().traceparent),
    ],
  ])('continues the trace in %s', async (_, send) => {
    await start();
    const { traceId, traceparent } = newTrace();
    send(traceparent);
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toContain(traceId);
  });

  it('begins a trace of its own where the header is malformed', async () => {
    await start();
    publishForeign('x', { traceparent: '00-nonsense-01' });
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});

describe('with an SDK', () => {
  const exporter = new InMemorySpanExporter();

  beforeAll(() => {
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  });

  afterEach(() => exporter.reset());

  afterAll(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  async function spansOf(traceId: string, count: number): Promise<readonly ReadableSpan[]> {
    const found = (): ReadableSpan[] =>
      exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
    await eventually(() => expect(found().map(({ name }) => name)).toHaveLength(count));
    return found();
  }

  it('a request, the relay of its message and its handler are one trace, each the child of the one before', async () => {
    const url = await start();
    const { traceId, spanId, traceparent } = newTrace();
    expect((await writeNote(url, 'hello', { traceparent, tracestate: STATE })).status).toBe(201);
    const spans = await spansOf(traceId, 3);
    const [request, relayed, handled] = ['POST /api/notes/notes', PUBLISH, PROCESS].map((name) =>
      spans.find((span) => span.name === name),
    );
    expect(request).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: { spanId, isRemote: true },
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/notes/notes',
        'http.response.status_code': 201,
        'url.path': '/api/notes/notes',
      },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(relayed).toMatchObject({
      kind: SpanKind.PRODUCER,
      parentSpanContext: { spanId: request?.spanContext().spanId },
      attributes: {
        'messaging.system': 'nats',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'events.notes.written',
      },
    });
    expect(handled).toMatchObject({
      kind: SpanKind.CONSUMER,
      parentSpanContext: { spanId: relayed?.spanContext().spanId },
      attributes: {
        'messaging.operation.type': 'process',
        'messaging.consumer.group.name': 'notes-notes-written',
        'messaging.nats.stream': 'EVENTS',
        'messaging.nats.delivery_count': 1,
      },
      status: { code: SpanStatusCode.UNSET },
      events: [],
    });
    expect(seen).toEqual([`00-${traceId}-${handled?.spanContext().spanId ?? ''}-01`]);
    expect((await lastHeader()).tracestate).toBe(STATE);
  });

  it('notes a retry and a dead letter in the span of the delivery', async () => {
    await start();
    const [flawed, hopeless] = [newTrace(), newTrace()];
    publishForeign('flawed', { traceparent: flawed.traceparent });
    publishForeign('hopeless', { traceparent: hopeless.traceparent });
    const [first, second] = await spansOf(flawed.traceId, 2);
    expect(first).toMatchObject({
      attributes: { 'messaging.nats.delivery_count': 1, 'error.type': 'retried' },
      status: { code: SpanStatusCode.ERROR },
      events: [{ name: 'retry', attributes: { 'exception.message': 'try again' } }],
    });
    expect(second).toMatchObject({
      attributes: { 'messaging.nats.delivery_count': 2 },
      status: { code: SpanStatusCode.UNSET },
      events: [],
    });
    const [dead] = await spansOf(hopeless.traceId, 1);
    expect(dead).toMatchObject({
      attributes: { 'error.type': 'dead' },
      status: { code: SpanStatusCode.ERROR },
      events: [{ name: 'dead letter', attributes: { cause: 'permanent' } }],
    });
  });

  it('a span of one’s own is the parent of what is sent within it', async () => {
    await start();
    const tracer = trace.getTracer('test');
    const service = running?.service;
    const own = tracer.startSpan('own');
    await context.with(trace.setSpan(context.active(), own), async () => {
      const data = { noteId: randomUUID(), ownerId: randomUUID(), text: 'direct' };
      await service?.publish(noteWritten, { aggregate: data.noteId, data });
    });
    own.end();
    const spans = await spansOf(own.spanContext().traceId, 3);
    const published = spans.find(({ name }) => name === PUBLISH);
    expect(published?.parentSpanContext?.spanId).toBe(own.spanContext().spanId);
  });

  it('begins no trace with a span in which the service was started', async () => {
    const boot = trace.getTracer('test').startSpan('boot');
    const url = await context.with(trace.setSpan(context.active(), boot), start);
    boot.end();
    const { traceId, spanId, traceparent } = newTrace();
    await fetch(`${url}/api/notes/version`, { headers: { traceparent } });
    const [asked] = await spansOf(traceId, 1);
    expect(asked).toMatchObject({ name: 'GET /api/notes/version', parentSpanContext: { spanId } });
  });

  it('drops a state of tracing systems that is longer than others have to carry', async () => {
    const url = await start();
    const { traceId, traceparent } = newTrace();
    await writeNote(url, 'hello', { traceparent, tracestate: `a=${'x'.repeat(600)}` });
    await spansOf(traceId, 3);
    expect(await lastHeader()).not.toHaveProperty('tracestate');
  });

  it('names a refused request by its method alone, since a path may hold an id', async () => {
    const url = await start();
    const { traceId, traceparent } = newTrace();
    await fetch(`${url}/api/notes/absent/1`, { headers: { traceparent } });
    const [refused] = await spansOf(traceId, 1);
    expect(refused).toMatchObject({ name: 'GET', status: { code: SpanStatusCode.UNSET } });
  });
});

describe('with an SDK that is not fit', () => {
  const exporter = new InMemorySpanExporter();

  afterEach(() => {
    trace.disable();
    context.disable();
    exporter.reset();
  });

  /** Starts, has one message handled, and gives its trace as its handler saw it. */
  async function traceOfOne(): Promise<string | undefined> {
    await start();
    const { traceId, traceparent } = newTrace();
    publishForeign('x', { traceparent });
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toContain(traceId);
    return seen[0];
  }

  it('goes on without spans where it keeps no context', async () => {
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider.register({ contextManager: null });
    await traceOfOne();
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('handles messages also where its code throws', async () => {
    const faulty = {
      onStart: () => raise('no start'),
      onEnd: () => raise('no end'),
      forceFlush: async () => await Promise.resolve(),
      shutdown: async () => await Promise.resolve(),
    };
    new NodeTracerProvider({ spanProcessors: [faulty] }).register();
    await traceOfOne();
    seen.length = 0;
    expect((await writeNote(running?.url ?? '', 'hello')).status).toBe(201);
    await eventually(() => expect(seen).toHaveLength(1));
  });

  it('records nothing where it is gone when a service starts', async () => {
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider.register();
    trace.disable();
    await traceOfOne();
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

function raise(message: string): never {
  throw new Error(message);
}
