import { assertNoFaults } from '#env';
import { propFaults } from '#prop-shapes';
import { isMessage, notAMessage } from './declaration-faults.ts';
import type { Message } from './message.ts';

/** How a durable consumer behaves. There is no `backoff`: its first step would replace `ackWaitSeconds` on the server. */
export interface ConsumerPolicy {
  /** Seconds without acknowledgement after which a message is delivered again. */
  readonly ackWaitSeconds: number;
  /** Number of deliveries that are handled; then the message becomes a dead letter. */
  readonly maxDeliver: number;
  /** Seconds that a failed message waits before its second, third, … delivery; the last one repeats. */
  readonly nakDelaysSeconds: readonly number[];
  /** Maximum of messages being handled at once, over all replicas. */
  readonly maxAckPending: number;
}

/** Default policy of a consumer. */
export const EVENT_POLICY: ConsumerPolicy = {
  ackWaitSeconds: 30,
  maxDeliver: 8,
  nakDelaysSeconds: [1, 5, 15, 60, 300, 600, 900],
  maxAckPending: 256,
};

/** A durable JetStream consumer of one message, shared by every replica of the service that declares it. */
export interface Consumer<M extends Message = Message> {
  /** What it consumes. */
  readonly message: M;
  /** The name of the durable after `<service>-`. */
  readonly topic: string;
  /** How deliveries are acknowledged and repeated. */
  readonly policy: ConsumerPolicy;
}

/** Declares a durable consumer of a message. */
export function consume<M extends Message>(
  message: M,
  options: Partial<ConsumerPolicy> & {
    /** @default - the subject without its first token and with dashes: `events.media.uploaded` gives `media-uploaded` */
    readonly topic?: string;
  } = {},
): Consumer<M> {
  assertNoFaults(consumeFaults(message, options));
  const { topic, ...policy } = options;
  return { message, topic: topic ?? topicOf(message.subject), policy: { ...EVENT_POLICY, ...policy } };
}

const OPTIONS = {
  topic: 'text',
  ackWaitSeconds: 'number',
  maxDeliver: 'number',
  nakDelaysSeconds: 'list',
  maxAckPending: 'number',
} as const;

/** JavaScript callers may pass anything, and an import in a circle is undefined. */
function consumeFaults(message: unknown, options: unknown): ReturnType<typeof propFaults> {
  if (!isMessage(message)) return [notAMessage('consume', 'message', message)];
  return propFaults(options, OPTIONS, `consume ${message.subject}`, 'consume');
}

/** Name of the durable of a service's consumer. */
export function durableName(service: string, consumer: Consumer): string {
  return `${service}-${consumer.topic}`;
}

function topicOf(subject: string): string {
  const tokens = subject.split('.');
  const rest = tokens.length > 1 ? tokens.slice(1) : tokens;
  return rest
    .join('-')
    .replaceAll('_', '-')
    .replace(/[^A-Za-z0-9-]/g, '');
}
