/** Subjects that somebody might try: all that any service may use, the JetStream API, inboxes, and what lies beside them. */
import {
  durableName,
  inboxPrefix,
  requireStreamOf,
  type NatsPermissions,
  type ServiceDeclaration,
  type Topology,
} from '#messaging';
import { exampleOf } from './nats-operation.ts';

const STREAM_API =
  'CREATE UPDATE INFO DELETE PURGE SNAPSHOT RESTORE MSG.GET MSG.DELETE PEER.REMOVE LEADER.STEPDOWN'.split(' ');
const CONSUMER_API = 'INFO DELETE MSG.NEXT DURABLE.CREATE CREATE PAUSE RESET UNPIN LEADER.STEPDOWN'.split(' ');
const OTHERS = [
  '$JS.API.INFO',
  '$JS.API.STREAM.NAMES',
  '$JS.API.STREAM.LIST',
  '$JS.API.STREAM.CREATE.OTHER',
  '$JS.API.STREAM.INFO.OTHER',
  '$JS.API.META.LEADER.STEPDOWN',
  '$JS.API.ACCOUNT.PURGE.APP',
  '$JS.EVENT.ADVISORY.STREAM.CREATED.EVENTS',
  '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.WORK.printer-print',
  '$JS.FC.EVENTS.x',
  '$SYS.REQ.SERVER.PING',
  '$SYS.REQ.USER.INFO',
  '$SRV.PING',
  '_INBOX.abc',
  'nothing.declared',
  'events',
  'events.other.happened',
  'work.other',
  'dlq.other.x',
];

/** Concrete subjects to publish to. */
export function publishCandidates(topology: Topology, permissions: readonly NatsPermissions[]): string[] {
  const listed = permissions.flatMap(({ publish, subscribe }) => [...publish.allow, ...subscribe.allow]).map(exampleOf);
  return unique([
    ...listed,
    ...listed.map((subject) => `${subject}.beneath`),
    ...listed.map((subject) => subject.split('.').slice(0, -1).join('.')),
    ...apiSubjects(topology),
    ...topology.services.map(({ name }) => `${inboxPrefix(name)}.reply.1`),
    ...OTHERS,
  ]);
}

/** Subjects and filters to subscribe to: those above, and nets cast wider. */
export function subscribeCandidates(topology: Topology, permissions: readonly NatsPermissions[]): string[] {
  const subjects = publishCandidates(topology, permissions);
  const heads = subjects.flatMap((subject) => subject.split('.').map((_, i, all) => all.slice(0, i).join('.')));
  const nets = unique(heads).flatMap((head) => [`${head}.>`, `${head}.*`]);
  return unique([...subjects, ...nets, '>', '*', '*.>', '*.*', '*.*.*', '*.*.>', '_INBOX_*.>', '$JS.*.>']);
}

/**
 * The first form of the acknowledgements of all other services' durables, ended so that it looks like the second form of
 * the service's own: `$JS.ACK.WORK.printer-print.EVENTS.orders-placed.1.1.1`.
 */
export function foreignAcknowledgements(service: ServiceDeclaration, topology: Topology): string[] {
  const place = (owner: ServiceDeclaration) =>
    owner.consumes.map((one) => `${requireStreamOf(one.message, topology).name}.${durableName(owner.name, one)}`);
  const others = topology.services.filter(({ name }) => name !== service.name).flatMap(place);
  return place(service).flatMap((own) => others.map((other) => `$JS.ACK.${other}.${own}.1.1.1`));
}

function apiSubjects(topology: Topology): string[] {
  const streams = topology.streams.map(({ name }) => name);
  const durables = topology.services.flatMap((service) =>
    service.consumes.map((consumer) => ({
      stream: requireStreamOf(consumer.message, topology).name,
      durable: durableName(service.name, consumer),
      filter: exampleOf(consumer.message.subject),
    })),
  );
  const strangers = streams.map((stream) => ({ stream, durable: 'stranger', filter: 'events.orders.placed' }));
  return [
    ...streams.flatMap((stream) => STREAM_API.map((operation) => `$JS.API.STREAM.${operation}.${stream}`)),
    ...streams.flatMap((stream) => ['NAMES', 'LIST', 'CREATE'].map((one) => `$JS.API.CONSUMER.${one}.${stream}`)),
    ...streams.flatMap((stream) => [
      `$JS.API.DIRECT.GET.${stream}`,
      `$JS.API.DIRECT.GET.${stream}.events.orders.placed`,
    ]),
    ...[...durables, ...strangers].flatMap(({ stream, durable, filter }) => [
      ...CONSUMER_API.map((operation) => `$JS.API.CONSUMER.${operation}.${stream}.${durable}`),
      `$JS.API.CONSUMER.CREATE.${stream}.${durable}.${filter}`,
      `$JS.API.CONSUMER.CREATE.${stream}.${durable}.other.${filter}`,
      `$JS.ACK.${stream}.${durable}.1.1.1.1.0`,
      `$JS.ACK.domain.hash.${stream}.${durable}.1.1.1.1.0`,
    ]),
  ];
}

function unique(subjects: readonly string[]): string[] {
  return [...new Set(subjects)].filter((subject) => subject !== '' && !subject.startsWith('.'));
}
