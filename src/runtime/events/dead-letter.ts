import { deadLetterSubject, type Topology } from '#declare';
import type { JsMsg } from 'nats';
import type { OpenNats } from './connection.ts';

/** Why a consumer gave up on a message. */
export type DeathCause = 'malformed' | 'permanent' | 'exhausted';

/** A message that a consumer gave up, as JSON under `<prefix>.<service>.<subject>`. */
export interface DeadLetter {
  /** The service that gave up, and its durable. */
  readonly service: string;
  readonly durable: string;
  /** Where the message is, or was. */
  readonly stream: string;
  readonly streamSequence: number;
  readonly subject: string;
  /** Id in its envelope; null when it has none. */
  readonly messageId: string | null;
  readonly reason: string;
  readonly cause: DeathCause;
  /** How often it was delivered. */
  readonly deliveries: number;
  /** Its JSON, or its text if it is not JSON. */
  readonly payload: unknown;
  readonly diedAt: string;
}

/**
 * Lays a message down in the stream of dead letters and resolves when it is kept. The id is that of the delivery, so laying
 * it down twice is once. Without a stream of dead letters nothing happens.
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
  const bytes = new TextEncoder().encode(JSON.stringify(letter));
  await link.connection.jetstream().publish(subject, bytes, { msgID: `${durable}:${stream}:${message.seq}` });
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
