import type { Message } from './message.ts';

/** How a durable consumer behaves. There is no `backoff`: its first step would replace `ackWaitSeconds` on the server. */
export interface ConsumerPolicy {
  /** Seconds without acknowledgement after which a message is delivered again. */
  readonly ackWaitSeconds: number;
  /** Number of deliveries after which the server gives up and sends an advisory. */
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
  readonly message: M;
  /** The name of the durable after `<service>-`. */
  readonly topic: string;
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
  const { topic, ...policy } = options;
  return { message, topic: topic ?? topicOf(message.subject), policy: { ...EVENT_POLICY, ...policy } };
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
