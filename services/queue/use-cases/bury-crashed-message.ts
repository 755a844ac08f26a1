/**
 * A message whose consumer died on its last delivery: nobody could lay it among the dead letters, only the server's advisory
 * tells, and in a work queue it would remain forever. It is copied first, and deleted once the copy is kept: a job whose message
 * is gone and which is not buried yet would look lost to the sweep. Done twice, it is the same.
 */
import { deadLettered, EVENTS, JOBS, type maxDeliveriesReached } from '#contracts';
import { durableName, parseData, type Topology } from '#declare';
import { encodeDeadLetter, RetryLater, type Delivery } from '#runtime';
import { hasDeadLetter } from '../repository/dead-letters.ts';
import type { Service } from '../service.ts';

/** Streams whose messages can become dead letters; those of the dead letters themselves never do. */
const READABLE: readonly string[] = [JOBS.name, EVENTS.name];

/** Time in which a letter that was laid down is kept, and how often that is looked for; then the message goes all the same. */
const LETTER_KEPT_MS = 500;
const LOOKS_FOR_LETTER = 5;

/** Lays the message of an advisory among the dead letters, and takes it out of the work queue. Throws `RetryLater` in between. */
export async function buryCrashedMessage(
  service: Service,
  { data: advisory, attempt }: Pick<Delivery<typeof maxDeliveriesReached>, 'data' | 'attempt'>,
): Promise<void> {
  const { stream, consumer, stream_seq: sequence } = advisory;
  if (!READABLE.includes(stream)) {
    service.log.error({ advisory }, 'a message of an unread stream used its last delivery');
    return;
  }
  const message = await service.nats.messageAt({ stream, sequence });
  // a recreated stream counts from 1 again: a message newer than the advisory is a different one
  if (message === undefined || message.time > new Date(advisory.timestamp)) return;
  const payload = readPayload(message.data);
  const found = durableOf(consumer, service.topology);
  const letter = parseData(deadLettered, {
    service: found?.service ?? consumer,
    durable: consumer,
    stream,
    streamSequence: sequence,
    subject: message.subject,
    messageId: messageIdIn(payload),
    reason: 'its consumer died without a reply on each delivery',
    cause: 'crashed',
    // the last one, beyond those of the declaration, was to write this letter
    deliveries: Math.max(1, Math.min(advisory.deliveries, found?.maxDeliver ?? Number.POSITIVE_INFINITY)),
    payload,
    diedAt: new Date(advisory.timestamp).toISOString(),
  });
  await service.nats.publishToStream(
    `${service.config.DLQ_PREFIX}.${message.subject}`,
    `${consumer}:${stream}:${sequence}:${message.nanoseconds}`,
    encodeDeadLetter(letter, service.nats),
  );
  if (stream !== JOBS.name) return;
  const kept = await hasDeadLetter(service.db, { durable: consumer, stream, streamSequence: sequence });
  if (!kept && attempt <= LOOKS_FOR_LETTER) throw new RetryLater(LETTER_KEPT_MS, 'its dead letter is not stored yet');
  await service.nats.deleteMessage({ stream, sequence });
}

/** The service of a durable, and the deliveries that it handles. */
function durableOf(
  durable: string,
  { services }: Topology,
): { readonly service: string; readonly maxDeliver: number } | undefined {
  return services
    .flatMap(({ name, consumes }) => consumes.map((consumer) => ({ name, consumer })))
    .filter(({ name, consumer }) => durableName(name, consumer) === durable)
    .map(({ name, consumer }) => ({ service: name, maxDeliver: consumer.policy.maxDeliver }))[0];
}

function readPayload(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function messageIdIn(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('id' in payload)) return null;
  return typeof payload.id === 'string' && payload.id !== '' ? payload.id : null;
}
