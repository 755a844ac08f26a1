import { deadLetterSubject, type Topology } from '#declare';
import type { JsMsg } from 'nats';
import { currentContext } from '../spans.ts';
import type { OpenNats } from './connection.ts';
import { placeOf } from './message-place.ts';
import { contextFields } from './message-trace.ts';
import type { NatsLink } from './nats-link.ts';

/** Characters of a reason that leave room for a remark. */
const REASON_LENGTH = 1900;

/** Why a consumer gave up on a message. */
export type DeathCause = 'malformed' | 'permanent' | 'exhausted' | 'crashed';

/** A message that a consumer gave up, as JSON under `<prefix>.<service>.<subject>`. */
export interface DeadLetter {
  /** The service that gave up, and its durable. */
  readonly service: string;
  /** The durable that delivered it. */
  readonly durable: string;
  /** Where the message is, or was. */
  readonly stream: string;
  /** Sequence of the message in that stream. */
  readonly streamSequence: number;
  /** Subject of the message. */
  readonly subject: string;
  /** Id in its envelope; null when it has none, or one of more than 512 characters. */
  readonly messageId: string | null;
  /** Message of the last error. */
  readonly reason: string;
  /** Why no further delivery was tried. */
  readonly cause: DeathCause;
  /** How often it was delivered, without the delivery that only wrote this. */
  readonly deliveries: number;
  /** Its JSON, or its text if it is not JSON; null where that is too large or nested too deeply to be stored. */
  readonly payload: unknown;
  /** When the consumer gave up, ISO 8601 in UTC. */
  readonly diedAt: string;
}

/**
 * Lays a message down in the stream of dead letters and resolves when it is kept. The id is that of the
 * durable and the message, so laying it down twice is once. Without a stream of dead letters nothing happens.
 */
export async function publishDeadLetter(
  link: OpenNats,
  props: {
    readonly service: string;
    readonly durable: string;
    readonly stream: string;
    readonly message: JsMsg;
    readonly cause: DeathCause;
    readonly reason: string;
    readonly deliveries: number;
    readonly topology: Topology;
  },
): Promise<void> {
  const { service, durable, stream, message, topology } = props;
  if (topology.deadLetters === undefined) return;
  const payload = readPayload(message);
  const letter: DeadLetter = {
    service,
    durable,
    stream,
    streamSequence: message.seq,
    subject: message.subject,
    messageId: messageIdIn(payload),
    reason: props.reason,
    cause: props.cause,
    deliveries: Math.max(1, props.deliveries),
    payload,
    diedAt: new Date().toISOString(),
  };
  const subject = deadLetterSubject(service, message.subject, topology.deadLetters);
  await link.connection.jetstream().publish(subject, encodeDeadLetter(letter, link), {
    msgID: `${durable}:${placeOf(stream, message)}`,
    headers: link.headersOf(contextFields(currentContext())),
  });
}

/** Bytes of a message that its headers may take. */
const HEADERS = 1024;

/** Most characters of an id: one that is longer is somebody's mistake, and a letter with it may be too large for the server. */
const ID_LENGTH = 512;

/** A dead letter in bytes. Where the server would not take its payload, it describes the message without it. */
export function encodeDeadLetter(
  found: DeadLetter,
  { maxPayloadBytes }: Pick<NatsLink, 'maxPayloadBytes'>,
): Uint8Array {
  const encoder = new TextEncoder();
  const letter = { ...found, messageId: (found.messageId?.length ?? 0) > ID_LENGTH ? null : found.messageId };
  const whole = encoder.encode(JSON.stringify(withShallowPayload(letter)));
  if (whole.length <= maxPayloadBytes - HEADERS) return whole;
  return encoder.encode(JSON.stringify(withoutPayload(letter, 'its payload is too large for a dead letter')));
}

/** Most levels of arrays and objects in a payload: `JSON.stringify` and databases fail at a few thousand. */
const MOST_LEVELS = 100;

/** The letter; without its payload where that is nested too deeply to be stored. */
export function withShallowPayload<L extends Pick<DeadLetter, 'reason' | 'payload'>>(letter: L): L {
  let level: readonly unknown[] = [letter.payload];
  for (let levels = 0; levels <= MOST_LEVELS; levels++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return letter;
  }
  return withoutPayload(letter, 'its payload is nested too deeply for a dead letter');
}

function withoutPayload<L extends Pick<DeadLetter, 'reason' | 'payload'>>(letter: L, why: string): L {
  return { ...letter, reason: `${letter.reason.slice(0, REASON_LENGTH)} (${why})`, payload: null };
}

/** The JSON of a message, or its text if it is not JSON. */
function readPayload(message: JsMsg): unknown {
  try {
    return message.json<unknown>();
  } catch {
    return message.string();
  }
}

function messageIdIn(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('id' in payload)) return null;
  return typeof payload.id === 'string' ? payload.id : null;
}
