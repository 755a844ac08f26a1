/**
 * The envelope around the data of a message. It is JSON on the wire, the same in Node and in a browser. Messages from
 * outside (`external`: the advisories of the NATS server, for one) have no envelope, only data.
 */
import { MessageError } from './message-error.ts';
import type { MessageIssue } from './message-error.ts';
import type { DataOf, Message } from './message.ts';
import { parseData } from './payload.ts';
import { filterCovers, filterOf } from './subject.ts';

/** A message on the wire. */
export interface Envelope<Data = unknown> {
  /** Unique among all that its source publishes. */
  readonly id: string;
  /** Subject pattern of the message's declaration. */
  readonly type: string;
  /** When it happened, ISO 8601 in UTC. */
  readonly time: string;
  /** Name of the service that published it. */
  readonly source: string;
  /** Id of the aggregate that it is about. */
  readonly subject: string;
  /** Version of the shape of `data`. */
  readonly version: number;
  /** W3C trace context of its cause. @default - none */
  readonly traceparent?: string;
  /** W3C `tracestate` beside it. @default - none */
  readonly tracestate?: string;
  /** What the declaration calls `payload`. */
  readonly data: Data;
}

/** A message that was received: with its envelope, or without if it is external. */
export interface ReceivedMessage<Data = unknown> {
  /** Its envelope; undefined if it is external. */
  readonly envelope: Envelope<Data> | undefined;
  /** Its data, validated against the payload of the declaration. */
  readonly data: Data;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;
/** Longer ones may be dropped. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;
const UTC_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/**
 * Puts data into the envelope of its message. The data is validated first; fields that are not in the schema are
 * removed. Throws a {@link MessageError} with every issue.
 */
export function envelopeOf<M extends Message>(
  message: M,
  props: {
    readonly id: string;
    readonly time: Date;
    /** Name of the service that publishes. */
    readonly source: string;
    /** Id of the aggregate that the message is about. */
    readonly subject: string;
    readonly data: DataOf<M>;
    /** @default - no trace; an invalid trace context is dropped, as its specification requires */
    readonly traceparent?: string | undefined;
    /** @default - none; left out without a valid `traceparent` */
    readonly tracestate?: string | undefined;
  },
): Envelope<DataOf<M>> {
  refuseExternal(message);
  const { id, source, subject } = props;
  const fields = {
    id,
    type: message.subject,
    time: Number.isNaN(props.time.getTime()) ? '' : props.time.toISOString(),
    source,
    subject,
    version: message.version,
    ...traceOf(props),
  };
  assertNoIssues(message, fieldIssues(fields));
  return { ...fields, data: parseData(message, props.data) };
}

/** Checks a parsed JSON value against the envelope and the schema of a message. Throws a {@link MessageError} with every issue of the part that fails. */
export function parseEnvelope<M extends Message>(message: M, value: unknown): Envelope<DataOf<M>> {
  refuseExternal(message);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const issue = { path: '', message: `is ${kindOf(value)}, must be an envelope: an object with id, type, time, …` };
    throw new MessageError(message.subject, 'envelope', [issue]);
  }
  const received = value as Readonly<Record<string, unknown>>;
  assertNoIssues(message, fieldIssues(received));
  const fields = received as unknown as Envelope;
  checkType(message, fields.type);
  checkVersion(message, fields.version);
  const { id, type, time, source, subject, version } = fields;
  return {
    ...{ id, type, time, source, subject, version },
    ...traceOf(received),
    data: parseData(message, received.data),
  };
}

/** Reads the bytes of a message: JSON, its envelope unless it is external, and its data. Throws a {@link MessageError}. */
export function decodeMessage<M extends Message>(message: M, bytes: Uint8Array): ReceivedMessage<DataOf<M>> {
  const value = parseJson(message, bytes);
  if (message.external) return { envelope: undefined, data: parseData(message, value) };
  const envelope = parseEnvelope(message, value);
  return { envelope, data: envelope.data };
}

/** Bytes of an envelope as they are published. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(envelope));
}

/**
 * Value of the header `Nats-Msg-Id`. A stream has one space of ids for all publishers, so the id starts with the
 * source.
 */
export function messageIdOf({ id, source }: Pick<Envelope, 'id' | 'source'>): string {
  return id.startsWith(`${source}:`) ? id : `${source}:${id}`;
}

/** Trace context in fields; what is invalid is dropped, as its specification requires. */
function traceOf(fields: {
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}): Pick<Envelope, 'traceparent' | 'tracestate'> {
  const { traceparent, tracestate } = fields;
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return {};
  return typeof tracestate === 'string' && TRACESTATE.test(tracestate) ? { traceparent, tracestate } : { traceparent };
}

function refuseExternal(message: Message): void {
  if (!message.external) return;
  throw new Error(`message ${message.subject}: is external and has no envelope: use its data directly`);
}

function fieldIssues(fields: Readonly<Record<string, unknown>>): MessageIssue[] {
  const texts = ['id', 'type', 'source', 'subject'].filter((name) => !isText(fields[name]));
  const issues = texts.map((name) => ({
    path: name,
    message: `is ${shown(fields[name])}, must be a non-empty string`,
  }));
  if (!isInstant(fields.time)) {
    issues.push({
      path: 'time',
      message: `is ${shown(fields.time)}, must be a UTC timestamp, such as 2026-01-31T12:00:00.000Z`,
    });
  }
  if (!Number.isInteger(fields.version) || Number(fields.version) < 1) {
    issues.push({ path: 'version', message: `is ${shown(fields.version)}, must be an integer of at least 1` });
  }
  return issues;
}

function assertNoIssues(message: Message, issues: readonly MessageIssue[]): void {
  if (issues.length > 0) throw new MessageError(message.subject, 'envelope', issues);
}

function checkType(message: Message, type: string): void {
  if (filterCovers(filterOf(message.subject), filterOf(type))) return;
  const issue = { path: 'type', message: `is ${shown(type)}, must be ${message.subject}` };
  throw new MessageError(message.subject, 'type', [issue]);
}

/** An older shape is the schema's to judge; a newer one may mean something else under the same names. */
function checkVersion(message: Message, version: number): void {
  if (version <= message.version) return;
  const issue = {
    path: 'version',
    message: `is ${shown(version)}, this reader supports versions up to ${message.version}`,
  };
  throw new MessageError(message.subject, 'version', [issue]);
}

function parseJson(message: Message, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new MessageError(message.subject, 'json', [{ path: '', message: 'is not UTF-8 JSON' }], { cause });
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && UTC_INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
