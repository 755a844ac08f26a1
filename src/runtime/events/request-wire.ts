/**
 * Requests on the wire. The question and the reply are their data as JSON, without an envelope. Headers carry the rest: the
 * time limit, the trace, and for a refusal those of NATS's services API, which the clients of other languages know.
 *
 * The limit is a duration, not a point in time, because clocks of two machines differ. The responder counts it from when it
 * receives the request, so the caller has given up at the latest by then.
 */
import { decodeMessage, MessageError, parseData, type Message, type NatsRequest } from '#declare';
import type { Msg, MsgHdrs } from 'nats';
import { textOf } from '../dependency.ts';
import { MAX_MESSAGE_BYTES } from '../outbox/ready-message.ts';
import { RequestError, type RequestFailure } from './errors.ts';

/** Milliseconds for which the caller waits. */
export const TIMEOUT_HEADER = 'Request-Timeout-Ms';
/** Headers of a refusal, as the services API of NATS has them (ADR-32). */
const ERROR_HEADER = 'Nats-Service-Error';
const CODE_HEADER = 'Nats-Service-Error-Code';

/** Codes of the runtime itself; those of a service's own refusals start with a letter. */
const CODES = { invalid: '400', failed: '500', unavailable: '503' } as const;
const FAILURES = new Map<string, RequestFailure>(
  Object.entries(CODES).map(([failure, code]) => [code, failure as RequestFailure]),
);

/** A header is one line, and not a place for a story. */
const LONGEST_DESCRIPTION = 1000;
const encoder = new TextEncoder();

/** Fields of a message's header. */
export type HeaderFields = Readonly<Record<string, string>>;

/** Header of a message, or why it cannot be read. */
export interface ReceivedHeader {
  /** Undefined for a message without header, and for a malformed one. */
  readonly headers: MsgHdrs | undefined;
  readonly fault: Error | undefined;
}

/** A refusal before it is sent. */
export interface WireRefusal {
  readonly code: string;
  readonly description: string;
}

/**
 * Reads a header and does not throw. The client decodes it only here, and throws for a field whose name has a space, say. A
 * callback of a subscription must not throw: the client would read nothing more from the connection.
 */
export function readHeader(message: Pick<Msg, 'headers'>): ReceivedHeader {
  try {
    return { headers: message.headers, fault: undefined };
  } catch (cause) {
    return { headers: undefined, fault: new Error(`malformed header: ${textOf(cause)}`, { cause }) };
  }
}

/** A refusal of the runtime itself. */
export function refusalFor(failure: keyof typeof CODES, description: string): WireRefusal {
  return { code: CODES[failure], description };
}

/** Header fields of a refusal. */
export function refusalFields({ code, description }: WireRefusal): HeaderFields {
  const line = description.replace(/\s+/g, ' ').trim().slice(0, LONGEST_DESCRIPTION);
  return { [CODE_HEADER]: code, [ERROR_HEADER]: line || code };
}

/** Bytes of a question. Throws a `MessageError` for data that does not match the schema. */
export function encodeQuestion(request: NatsRequest, data: unknown): Uint8Array {
  return encode(request, 'data', parseData(questionOf(request), data));
}

/** Bytes of a reply. Throws a `MessageError` for data that does not match the schema. */
export function encodeReply(request: NatsRequest, data: unknown): Uint8Array {
  return encode(request, 'reply', parseData(replyOf(request), data));
}

/** Data of a question. Throws a `MessageError`. */
export function decodeQuestion(request: NatsRequest, bytes: Uint8Array): unknown {
  return decodeMessage(questionOf(request), bytes).data;
}

/** Data of a reply. Throws a {@link RequestError} for a refusal, and for data that does not match the schema. */
export function decodeReply(request: NatsRequest, { data, headers }: Pick<Msg, 'data' | 'headers'>): unknown {
  const refused = refusedWith(request.subject, headers);
  if (refused !== undefined) throw refused;
  try {
    return decodeMessage(replyOf(request), data).data;
  } catch (cause) {
    if (!(cause instanceof MessageError)) throw cause;
    throw new RequestError(request.subject, 'invalid_reply', `invalid reply: ${cause.message}`, { cause });
  }
}

/** Milliseconds that a responder has: what the caller says, and never more than the declaration. */
export function allowedMs({ timeoutSeconds }: NatsRequest, headers: MsgHdrs | undefined): number {
  const declared = timeoutSeconds * 1000;
  const said = Number(headers?.get(TIMEOUT_HEADER) || Number.NaN);
  return said > 0 ? Math.min(said, declared) : declared;
}

function refusedWith(subject: string, headers: MsgHdrs | undefined): RequestError | undefined {
  const [code, message] = [headers?.get(CODE_HEADER) ?? '', headers?.get(ERROR_HEADER) ?? ''];
  if (code === '' && message === '') return undefined;
  const failure = FAILURES.get(code);
  if (failure !== undefined) return new RequestError(subject, failure, `${failure}: ${message}`);
  const refusal = { code: code || 'unknown', message };
  return new RequestError(subject, 'refused', `refused with ${refusal.code}: ${message}`, { refusal });
}

function encode({ subject }: NatsRequest, what: string, value: unknown): Uint8Array {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) {
    throw new Error(`${what} of ${subject} is ${typeof value}, must be a JSON value: use null or an object`);
  }
  const bytes = encoder.encode(text);
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new Error(`${what} of ${subject} is ${bytes.length} bytes, must be at most ${MAX_MESSAGE_BYTES}: send less`);
  }
  return bytes;
}

/** A question is read as a message without envelope is, and so is a reply. */
function questionOf({ subject, payload }: NatsRequest): Message {
  return { subject, payload, delivery: 'core', version: 1, external: true };
}

function replyOf({ subject, reply }: NatsRequest): Message {
  return { subject, payload: reply, delivery: 'core', version: 1, external: true };
}
