/**
 * Streams and durables in the shape of the JetStream API. Only fields that nats-server 2.9.10 knows: it refuses
 * `filter_subjects` and `metadata`. Durations are nanoseconds on the wire.
 */
import { durableName } from './consumer.ts';
import type { Consumer } from './consumer.ts';
import type { ServiceDeclaration } from './service.ts';
import type { Stream } from './stream.ts';
import { filterOf } from './subject.ts';
import { requireStreamOf } from './topology.ts';
import type { Topology } from './topology.ts';

/** Configuration of a stream as `$JS.API.STREAM.CREATE` takes it. */
export interface StreamConfig {
  /** Name of the stream. */
  readonly name: string;
  /** Subjects that it stores, with wildcards instead of parameters. */
  readonly subjects: string[];
  /** When it deletes a message. */
  readonly retention: Stream['retention'];
  /** Where it stores messages. */
  readonly storage: Stream['storage'];
  /** What it does when it is full. */
  readonly discard: Stream['discard'];
  /** Nanoseconds; 0 for never. */
  readonly max_age: number;
  /** -1 for no limit. */
  readonly max_bytes: number;
  /** Nanoseconds. */
  readonly duplicate_window: number;
  /** Servers that store it. */
  readonly num_replicas: number;
}

/** Configuration of a durable pull consumer as `$JS.API.CONSUMER.CREATE` takes it. There is no `backoff`: it replaces `ack_wait`. */
export interface ConsumerConfig {
  /** Name of the durable: `<service>-<topic>`. */
  readonly durable_name: string;
  /** Subject that it delivers, with wildcards instead of parameters. */
  readonly filter_subject: string;
  /** It starts with the oldest message of the stream. */
  readonly deliver_policy: 'all';
  /** Each message is acknowledged by itself. */
  readonly ack_policy: 'explicit';
  /** Messages are delivered as fast as they are acknowledged. */
  readonly replay_policy: 'instant';
  /** Nanoseconds. */
  readonly ack_wait: number;
  /** Most deliveries of a message. */
  readonly max_deliver: number;
  /** Most messages that are delivered and not acknowledged. */
  readonly max_ack_pending: number;
}

const NANOSECONDS_PER_SECOND = 1e9;

/** Configuration of a stream. */
export function streamConfig(
  stream: Stream,
  options: {
    /** Number of replicas: 1, or 3 in a cluster. */
    readonly replicas: number;
  },
): StreamConfig {
  return {
    name: stream.name,
    subjects: [...stream.subjects],
    retention: stream.retention,
    storage: stream.storage,
    discard: stream.discard,
    max_age: nanoseconds(stream.maxAgeSeconds),
    max_bytes: stream.maxBytes,
    duplicate_window: nanoseconds(stream.duplicateWindowSeconds),
    num_replicas: options.replicas,
  };
}

/** Configuration of a service's durable. Throws if no stream stores its message. */
export function consumerConfig(
  service: Pick<ServiceDeclaration, 'name'>,
  consumer: Consumer,
  topology: Pick<Topology, 'streams'>,
): ConsumerConfig {
  requireStreamOf(consumer.message, topology);
  return {
    durable_name: durableName(service.name, consumer),
    filter_subject: filterOf(consumer.message.subject),
    deliver_policy: 'all',
    ack_policy: 'explicit',
    replay_policy: 'instant',
    ack_wait: nanoseconds(consumer.policy.ackWaitSeconds),
    // one more than are handled: where all of them ended with their process, the last one writes the dead letter
    max_deliver: consumer.policy.maxDeliver + 1,
    max_ack_pending: consumer.policy.maxAckPending,
  };
}

/**
 * Names of the fields in which a configuration on the server differs from the wanted one. Fields that are not set are
 * ignored. If the list is empty, skip the update, which is not free.
 */
export function changedFields(wanted: StreamConfig | ConsumerConfig, actual: object): string[] {
  const found: Readonly<Record<string, unknown>> = { ...actual };
  return Object.entries(wanted)
    .filter(([field, value]) => !sameValue(value, found[field]))
    .map(([field]) => field);
}

function sameValue(wanted: unknown, found: unknown): boolean {
  if (Array.isArray(wanted) && Array.isArray(found)) return wanted.join() === found.join();
  // The server leaves zero durations out of what it answers.
  return wanted === found || (wanted === 0 && found === undefined);
}

function nanoseconds(seconds: number): number {
  return Math.round(seconds * NANOSECONDS_PER_SECOND);
}
