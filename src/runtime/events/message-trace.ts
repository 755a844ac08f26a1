/** Trace context in the headers of messages, and what spans say of them. */
import type { Attributes } from '@opentelemetry/api';
import type { JsMsg, Msg, MsgHdrs } from 'nats';
import type { SpanFacts } from '../spans.ts';
import { contextOfFields, type TraceContext } from '../trace.ts';
import { readHeader } from './request-wire.ts';

/** W3C trace context. */
const TRACEPARENT_HEADER = 'traceparent';
/** W3C state of the tracing systems on the way. */
const TRACESTATE_HEADER = 'tracestate';

/** A message, as much as its trace needs. */
type Traced = Pick<Msg, 'headers' | 'data'>;

/** The trace context in a header; undefined where it has none. Names are in any case: Go writes `Traceparent`. */
export function contextInHeader(headers: MsgHdrs | undefined): TraceContext | undefined {
  if (headers === undefined) return undefined;
  return contextOfFields(fieldOf(headers, TRACEPARENT_HEADER), fieldOf(headers, TRACESTATE_HEADER));
}

function fieldOf(headers: MsgHdrs, name: string): string | undefined {
  const key = headers.keys().find((one) => one.toLowerCase() === name);
  return key === undefined ? undefined : headers.get(key);
}

/** The trace context of a message: that of its header, or, as earlier versions send it, that of its envelope. */
export function receivedContext(message: Traced): TraceContext | undefined {
  return contextInHeader(readHeader(message).headers) ?? contextInEnvelope(message.data);
}

/** Header fields of a trace context. */
export function contextFields(context: TraceContext | undefined): Readonly<Record<string, string>> {
  if (context === undefined) return {};
  const { traceparent, tracestate } = context;
  return { [TRACEPARENT_HEADER]: traceparent, ...(tracestate ? { [TRACESTATE_HEADER]: tracestate } : {}) };
}

/** Puts a trace context into a header that has none. */
export function appendContext(headers: MsgHdrs, { traceparent, tracestate }: TraceContext): void {
  headers.append(TRACEPARENT_HEADER, traceparent);
  if (tracestate) headers.append(TRACESTATE_HEADER, tracestate);
}

/** What a span says of a message that is handled; `pattern` is that of its declaration. */
export function processFacts(
  pattern: string,
  message: Pick<Msg, 'subject' | 'data'>,
  attributes: Attributes = {},
): SpanFacts {
  return {
    name: `process ${pattern}`,
    kind: 'CONSUMER',
    attributes: { ...messageFacts('process', pattern, message.subject, message.data.length), ...attributes },
  };
}

/** What a span says of a delivery. */
export function deliveryFacts(pattern: string, message: JsMsg, stream: string, durable: string): SpanFacts {
  return processFacts(pattern, message, {
    'messaging.consumer.group.name': durable,
    'messaging.nats.stream': stream,
    'messaging.nats.stream_sequence': message.seq,
    'messaging.nats.delivery_count': message.info.redeliveryCount,
  });
}

/** What a span says of a message that is published. */
export function publishFacts(pattern: string, subject: string, size: number, messageId?: string): SpanFacts {
  return {
    name: `publish ${pattern}`,
    kind: 'PRODUCER',
    attributes: {
      ...messageFacts('publish', pattern, subject, size),
      ...(messageId === undefined ? {} : { 'messaging.message.id': messageId }),
    },
  };
}

/** What a span says of a request that is sent or answered. */
export function requestFacts(
  kind: 'CLIENT' | 'SERVER',
  pattern: string,
  { subject, data }: Pick<Msg, 'subject' | 'data'>,
): SpanFacts {
  const operation = kind === 'CLIENT' ? 'request' : 'respond';
  return { name: `${operation} ${pattern}`, kind, attributes: messageFacts(operation, pattern, subject, data.length) };
}

const TYPES = { process: 'process', respond: 'process', publish: 'send', request: 'send' } as const;

function messageFacts(operation: keyof typeof TYPES, pattern: string, subject: string, size: number): Attributes {
  return {
    'messaging.system': 'nats',
    'messaging.operation.name': operation,
    'messaging.operation.type': TYPES[operation],
    'messaging.destination.name': subject,
    ...(pattern === subject ? {} : { 'messaging.destination.template': pattern }),
    'messaging.message.body.size': size,
  };
}

/** Read before the envelope is checked. */
function contextInEnvelope(data: Uint8Array): TraceContext | undefined {
  try {
    const { traceparent, tracestate } = JSON.parse(new TextDecoder().decode(data)) as {
      readonly traceparent?: unknown;
      readonly tracestate?: unknown;
    };
    return contextOfFields(traceparent, tracestate);
  } catch {
    return undefined;
  }
}
