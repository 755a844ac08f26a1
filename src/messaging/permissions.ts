/**
 * What a service may publish and subscribe to, derived only from its declaration. Each list contains what the declared
 * operations need and no more; the server denies the rest. This is the second line of defence; the first are {@link
 * natsAccounts}.
 *
 * Both sides are always written: the server reads an empty or missing side as leave to do everything, so "nothing" is
 * `deny: ['>']`. `allow_responses` is set only for a service that responds to requests, for one reply each: it overrides
 * `deny`, so the sender of a request chooses a subject. Between accounts it cannot: the server replaces the reply subject.
 */
import { durableName } from './consumer.ts';
import type { Consumer } from './consumer.ts';
import { queueGroup } from './request.ts';
import type { ServiceDeclaration } from './service.ts';
import { filterOf, filtersOverlap } from './subject.ts';
import { deadLetterFilter, requireStreamOf } from './topology.ts';
import type { Topology } from './topology.ts';

/** Subjects of one side of a user's permissions. `deny` wins over `allow`. */
export interface SubjectPermissions {
  /** Subjects that are allowed; wildcards as NATS has them. */
  readonly allow: string[];
  /** Subjects that are not, although `allow` has them. */
  readonly deny: string[];
}

/** Leave to reply to what was received, whatever the reply subject is. */
export interface ResponsePermission {
  /** Replies to one message. */
  readonly max: 1;
  /** Seconds in which they may be sent. */
  readonly expiresSeconds: number;
}

/** Permissions of a user as nats.conf has them. */
export interface NatsPermissions {
  /** @default - no reply */
  readonly responses?: ResponsePermission;
  /** What it may publish. */
  readonly publish: SubjectPermissions;
  /** What it may subscribe to. */
  readonly subscribe: SubjectPermissions;
}

const API = '$JS.API';

/**
 * First token of the inboxes of a service, passed to its client as `inboxPrefix`, so that nobody else can read its
 * replies.
 */
export function inboxPrefix(service: string): `_INBOX_${string}` {
  return `_INBOX_${service}`;
}

/**
 * Permissions of a service's user. Throws if no stream stores a consumed message; call {@link topologyFaults} first to
 * get all faults at once.
 */
export function natsPermissions(service: ServiceDeclaration, topology: Topology): NatsPermissions {
  const requests = requestSubjects(service, topology);
  const heard = service.subscribes.map(({ subject }) => filterOf(subject));
  const asked = service.requests.map(({ subject }) => filterOf(subject));
  const inbox = requests.length + asked.length > 0 ? [`${inboxPrefix(service.name)}.>`] : [];
  const answered = service.responds.map(({ subject }) => filterOf(subject));
  // a subject and a queue group: without the group, every replica would answer
  const queues = answered.map((filter) => `${filter} ${queueGroup(service)}`);
  const expiresSeconds = Math.max(...service.responds.map(({ timeoutSeconds }) => timeoutSeconds));
  return {
    publish: side([...requests, ...coreSubjects(service), ...asked], []),
    subscribe: side([...heard, ...queues, ...inbox], beneath([...heard, ...answered])),
    ...(answered.length === 0 ? {} : { responses: { max: 1, expiresSeconds } }),
  };
}

/** Subjects of JetStream requests that a service sends. */
export function requestSubjects(service: ServiceDeclaration, topology: Topology): string[] {
  return [
    ...streamSubjects(service),
    ...service.consumes.flatMap((consumer) => pullSubjects(service.name, consumer, topology)),
    ...deadLetterSubjects(service, topology),
    ...dutySubjects(service),
    ...(service.jetstream.provisions === true ? provisionSubjects(topology) : []),
  ];
}

function streamSubjects(service: ServiceDeclaration): string[] {
  return service.publishes.filter(({ delivery }) => delivery === 'stream').map(({ subject }) => filterOf(subject));
}

function coreSubjects(service: ServiceDeclaration): string[] {
  return service.publishes.filter(({ delivery }) => delivery === 'core').map(({ subject }) => filterOf(subject));
}

/**
 * A pull looks at its durable once, then asks for messages and acknowledges them. Servers from 2.14 on may use the second
 * form, `$JS.ACK.<domain>.<account>.<stream>.<durable>…`; without a domain its first token is `_`. A `*` there would match
 * the first form of another durable, `$JS.ACK.<stream>.<durable>…`, and with it that durable's messages.
 */
function pullSubjects(service: string, consumer: Consumer, topology: Topology): string[] {
  const { name } = requireStreamOf(consumer.message, topology);
  const durable = durableName(service, consumer);
  return [
    `${API}.CONSUMER.INFO.${name}.${durable}`,
    `${API}.CONSUMER.MSG.NEXT.${name}.${durable}`,
    `$JS.ACK.${name}.${durable}.>`,
    `$JS.ACK._.*.${name}.${durable}.>`,
  ];
}

function deadLetterSubjects(service: ServiceDeclaration, topology: Topology): string[] {
  if (topology.deadLetters === undefined || service.consumes.length === 0) return [];
  return [deadLetterFilter(service.name, topology.deadLetters)];
}

function dutySubjects({ jetstream }: ServiceDeclaration): string[] {
  return [
    ...(jetstream.reads ?? []).map((stream) => `${API}.STREAM.MSG.GET.${stream}`),
    ...(jetstream.deletes ?? []).map((stream) => `${API}.STREAM.MSG.DELETE.${stream}`),
    ...(jetstream.purges ?? []).map((stream) => `${API}.STREAM.PURGE.${stream}`),
  ];
}

function provisionSubjects(topology: Topology): string[] {
  const ofStreams = topology.streams.flatMap(({ name }) =>
    ['CREATE', 'UPDATE', 'INFO'].map((operation) => `${API}.STREAM.${operation}.${name}`),
  );
  const ofDurables = topology.services.flatMap((service) =>
    service.consumes.flatMap((consumer) => {
      const { name } = requireStreamOf(consumer.message, topology);
      const durable = durableName(service.name, consumer);
      return [
        `${API}.CONSUMER.CREATE.${name}.${durable}.${filterOf(consumer.message.subject)}`,
        `${API}.CONSUMER.INFO.${name}.${durable}`,
      ];
    }),
  );
  return [...ofStreams, ...ofDurables];
}

/**
 * What lies beneath filters that end in `*`. To the server's check of a subscription, `*` matches the token `>` too, so
 * leave for `progress.*.*` is leave for `progress.*.>`; denying `progress.*.*.>` takes that back.
 */
function beneath(filters: readonly string[]): string[] {
  const denied = filters.filter((filter) => filter.endsWith('*')).map((filter) => `${filter}.>`);
  return denied.filter((deny) => !filters.some((filter) => filtersOverlap(filter, deny)));
}

function side(allow: readonly string[], deny: readonly string[]): SubjectPermissions {
  if (allow.length === 0) return { allow: [], deny: ['>'] };
  return { allow: [...new Set(allow)], deny: [...new Set(deny)] };
}
