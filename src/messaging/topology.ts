/**
 * Everything that talks over NATS, seen together.
 *
 * Glossary: a *subject* is the address of one message, a *pattern* the same with `{parameters}`, a *filter* with `*` and
 * `>`; a *message* is a kind of thing that is said: pattern, payload schema, delivery; a *request* is a question that one service answers; a *stream* keeps what its filters
 * match; a *durable* is a consumer's place in a stream, shared by all replicas of one service; an *inbox* is where a
 * service gets its replies; the *provisioner* is the one service that makes the streams and durables of all; a *dead
 * letter* is what a consumer gave up on.
 */
import { assertProps, type PropShapes } from '#prop-shapes';
import type { Message } from './message.ts';
import type { ServiceDeclaration } from './service.ts';
import type { Stream } from './stream.ts';
import { filterCovers, filterOf } from './subject.ts';

/** Dead letters of consumers: a service publishes under `<prefix>.<service>`. */
export interface DeadLetters {
  /** Name of the stream that stores them. */
  readonly stream: string;
  /** First tokens of their subjects, such as `dlq`. */
  readonly prefix: string;
}

/** All streams and services on one NATS server, so that they can be checked together. */
export interface Topology {
  /** The streams of the server. */
  readonly streams: readonly Stream[];
  /** The declarations of all services that log in to it. */
  readonly services: readonly ServiceDeclaration[];
  /** Undefined without dead letters. */
  readonly deadLetters: DeadLetters | undefined;
}

/** Combines streams and services. Does not check them: see {@link topologyFaults}. */
export function defineTopology(props: {
  readonly streams: readonly Stream[];
  readonly services: readonly ServiceDeclaration[];
  /** @default - no dead letters; no consumer may publish any */
  readonly deadLetters?: DeadLetters;
}): Topology {
  const shapes: PropShapes<Topology> = { streams: 'maps!', services: 'maps!', deadLetters: 'map' };
  assertProps(props, shapes, 'defineTopology', 'defineTopology');
  return { streams: props.streams, services: props.services, deadLetters: props.deadLetters };
}

/** The stream that stores every subject of a message; undefined without one, as for core messages. */
export function streamOf(message: Pick<Message, 'subject'>, topology: Pick<Topology, 'streams'>): Stream | undefined {
  const wanted = filterOf(message.subject);
  return topology.streams.find((stream) => stream.subjects.some((filter) => filterCovers(filter, wanted)));
}

/** Like {@link streamOf}, but throws if no stream stores the message. */
export function requireStreamOf(message: Pick<Message, 'subject'>, topology: Pick<Topology, 'streams'>): Stream {
  const stream = streamOf(message, topology);
  if (stream !== undefined) return stream;
  const names = topology.streams.map(({ name }) => name).join(', ');
  throw new Error(
    `no stream stores the message ${message.subject} (streams: ${names || 'none'}), but a durable consumer needs one: add its subject to a stream`,
  );
}

/** Filter of all dead letters of one service: `dlq.media.>`. */
export function deadLetterFilter(service: string, deadLetters: DeadLetters): string {
  return `${deadLetters.prefix}.${service}.>`;
}

/** Subject of a dead letter: the prefix, the service that gave up, and the subject of the message that it gave up on. */
export function deadLetterSubject(service: string, subject: string, deadLetters: DeadLetters): string {
  return `${deadLetters.prefix}.${service}.${subject}`;
}
