import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatFault } from '#env';
import {
  consume,
  declareService,
  defineMessage,
  defineStream,
  defineTopology,
  topologyFaults,
  type ConsumerPolicy,
  type JetStreamDuties,
  type Message,
  type ServiceDeclaration,
  type Stream,
  type Topology,
} from '#messaging';
import { printShop } from './print-shop.ts';

const payload = z.object({});
const uploaded = defineMessage({ subject: 'events.media.uploaded', payload });
const process = defineMessage({ subject: 'work.process', payload });
const progress = defineMessage({ subject: 'progress.{user}', delivery: 'core', payload });

const WORK = defineStream({ name: 'WORK', subjects: ['work.>'], retention: 'workqueue' });
const EVENTS = defineStream({ name: 'EVENTS', subjects: ['events.>'], maxAgeSeconds: 86_400 });
const DLQ = defineStream({ name: 'DLQ', subjects: ['dlq.>'] });

/** A publisher of everything and the provisioner. */
const media = service('media', { publishes: [uploaded, process, progress], jetstream: { provisions: true } });
const queue = service('queue', { consumes: [consume(uploaded), consume(process)], subscribes: [progress] });

test('a sound topology has no fault', () => {
  expect(topologyFaults(printShop)).toEqual([]);
  expect(found({})).toEqual([]);
  expect(topologyFaults(defineTopology({ streams: [], services: [] }))).toEqual([]);
});

describe('streams', () => {
  test('that overlap are named with both subjects', () => {
    const MEDIA = defineStream({ name: 'MEDIA', subjects: ['events.media.*'] });
    expect(found({ streams: [WORK, EVENTS, DLQ, MEDIA] })).toEqual([
      'stream MEDIA: subject events.media.* overlaps events.> of stream EVENTS, but only one stream may store a subject: narrow one of them [stream-overlap]',
    ]);
  });

  test('may not overlap in themselves, have one name twice, or keep nothing', () => {
    const twice = defineStream({ name: 'DLQ', subjects: ['a.b', 'a.*'] });
    const empty = defineStream({ name: 'EMPTY', subjects: [] });
    expect(found({ streams: [WORK, EVENTS, DLQ, twice, empty] })).toEqual([
      'stream EMPTY: subjects is empty, must list at least one: otherwise the server stores the subject with the name of the stream [stream-subject]',
      'stream DLQ: name DLQ is declared twice, must be unique: rename one or merge their subjects [stream-duplicate]',
      'stream DLQ: subject a.* overlaps a.b of stream DLQ, but only one stream may store a subject: narrow one of them [stream-overlap]',
    ]);
  });

  test.each(['', 'A.B', 'A B', 'A*', '9A', 'A/B'])('may not be called %j', (name) => {
    const stream = defineStream({ name, subjects: ['some.thing'] });
    expect(rules({ streams: [WORK, EVENTS, DLQ, stream] })).toEqual(['stream-name']);
  });

  test.each([
    ['a..b', 'must have no empty token'],
    ['.a', 'must have no empty token'],
    ['a.>.b', 'must have > as its last token only'],
    ['a b.c', 'has the token "a b"'],
    ['other.{user}', '(use filterOf(message.subject))'],
  ])('may not keep %j', (subject, why) => {
    const stream = defineStream({ name: 'OTHER', subjects: [subject] });
    expect(found({ streams: [WORK, EVENTS, DLQ, stream] })).toEqual([expect.stringContaining(why)]);
  });

  test.each(['$JS.API.>', '$SYS.>', '_INBOX_media.>'])('may not keep %s, which is not ours', (subject) => {
    const stream = defineStream({ name: 'OTHER', subjects: [subject] });
    expect(rules({ streams: [WORK, EVENTS, DLQ, stream] })).toEqual(['stream-reserved']);
  });

  test.each<[Partial<Stream>, string]>([
    [{ maxAgeSeconds: -1 }, 'maxAgeSeconds is -1, must be 0 (unlimited) or more'],
    [{ maxBytes: 0 }, 'maxBytes is 0, must be -1'],
    [{ maxBytes: 1.5 }, 'maxBytes is 1.5, must be -1'],
    [{ duplicateWindowSeconds: 0 }, 'duplicateWindowSeconds is 0, must be at least 0.1'],
    [{ maxAgeSeconds: 60 }, 'duplicateWindowSeconds is 120 but maxAgeSeconds is 60'],
  ])('may not have the limits %j', (limits, why) => {
    const stream = { ...defineStream({ name: 'OTHER', subjects: ['other.>'] }), ...limits };
    expect(found({ streams: [WORK, EVENTS, DLQ, stream] })).toEqual([expect.stringContaining(why)]);
  });
});

test('a stream that refuses new messages is purged by the service that provisions', () => {
  const full = defineStream({ name: 'OTHER', subjects: ['other.>'], discard: 'new' });
  const streams = [WORK, EVENTS, DLQ, full];
  expect(found({ streams })).toEqual([
    "stream OTHER: discard is new, but media, which provisions, may not purge it, so a full stream would refuse messages until the oldest expire: add OTHER to its jetstream.purges, or use retention 'interest' or discard 'old' [stream-purge]",
  ]);
  const interest = defineStream({ name: 'OTHER', subjects: ['other.>'], discard: 'new', retention: 'interest' });
  expect(found({ streams: [WORK, EVENTS, DLQ, interest] })).toEqual([]);
});

describe('messages', () => {
  test('that nobody publishes cannot be consumed, and the nearest published one is named', () => {
    const misspelt = defineMessage({ subject: 'events.media.uplaoded', payload });
    expect(found({ others: [service('stats', { consumes: [consume(misspelt)] })] })).toEqual([
      'stats consumes events.media.uplaoded: is published by no service, so nothing would arrive: declare its publisher, or mark the message external, did you mean events.media.uploaded? [subject-unpublished]',
    ]);
  });

  test('that nobody publishes may be consumed when they come from outside, by one wildcard or several', () => {
    const outside = defineMessage({ subject: 'events.camera.>', external: true, payload });
    const all = defineMessage({ subject: 'events.media.>', payload });
    const stats = service('stats', {
      consumes: [consume(outside, { topic: 'camera' }), consume(all, { topic: 'media' })],
    });
    expect(found({ others: [stats] })).toEqual([]);
  });

  test('of delivery stream must be kept by one', () => {
    const stray = defineMessage({ subject: 'event.media.moved', payload });
    expect(found({ others: [service('stats', { publishes: [stray] })] })).toEqual([
      "stats publishes event.media.moved: has delivery 'stream', but no stream stores it, so messages would be lost: add event.media.moved to a stream, or set delivery to 'core' [subject-unkept]",
    ]);
  });

  test('kept only in part are lost in part', () => {
    const wide = defineMessage({ subject: 'audit.{kind}', payload });
    const AUDIT = defineStream({ name: 'AUDIT', subjects: ['audit.login'] });
    const given = { streams: [WORK, EVENTS, DLQ, AUDIT], others: [service('stats', { publishes: [wide] })] };
    expect(found(given)).toEqual([expect.stringContaining('but stream AUDIT stores only part of it')]);
  });

  test('of delivery core may not be such that a stream would keep them', () => {
    const kept = defineMessage({ subject: 'events.{user}', delivery: 'core', payload });
    const stats = service('stats', { publishes: [kept], subscribes: [kept] });
    expect(found({ others: [stats] })).toEqual([
      "stats publishes events.{user}: has delivery 'core', but stream EVENTS would store it: set delivery to 'stream', or use a subject outside that stream [core-stored]",
    ]);
  });

  test('are heard the way they travel', () => {
    const stats = service('stats', { consumes: [consume(progress)], subscribes: [uploaded] });
    expect(found({ others: [stats] })).toEqual([
      "stats consumes progress.{user}: has delivery 'core', but a durable needs a stream: subscribe to it, or set delivery to 'stream' [core-consumed]",
      "stats subscribes events.media.uploaded: has delivery 'stream', but a plain subscription misses messages while the service is down: consume it, or set delivery to 'core' [stream-subscribed]",
    ]);
  });

  test('have one owner, also where only their filters overlap', () => {
    const any = defineMessage({ subject: 'events.media.{what}', payload });
    expect(found({ others: [service('stats', { publishes: [any] })] })).toEqual([
      'stats publishes events.media.{what}: overlaps events.media.uploaded, which media publishes, but a subject has one owner: rename one, or let one service publish for both [subject-owner]',
    ]);
    expect(rules({ others: [service('stats', { publishes: [progress, progress] })] })).toEqual(
      expect.arrayContaining(['subject-owner', 'subject-twice']),
    );
  });

  test.each([
    ['events.>', 'subject has a wildcard'],
    ['events.*.x', 'subject has a wildcard'],
    ['events..x', 'must have no empty token'],
    ['events.a b', 'has the token "a b"'],
    ['events.x{user}', 'has the token "x{user}"'],
    ['events.{user}.{user}', 'must use each {parameter} only once'],
    ['{user}.x', 'must start with a literal token'],
  ])('may not be published on %j', (subject, why) => {
    const odd = defineMessage({ subject, external: false, payload }) as Message;
    const faults = found({ others: [service('stats', { publishes: [odd] })] });
    expect(faults.join('\n')).toContain(
      `stats publishes ${subject}: ${why.startsWith('subject') ? '' : 'subject '}${why}`,
    );
  });

  test.each(['$JS.API.STREAM.PURGE.EVENTS', '_INBOX_queue.x'])(
    'may not be published on %s, which is not ours',
    (subject) => {
      const odd = defineMessage({ subject, delivery: 'core', payload });
      expect(rules({ others: [service('stats', { publishes: [odd] })] })).toEqual(['subject-reserved']);
    },
  );

  test('may not be external and published, nor lie among the dead letters, nor have version 0', () => {
    const external = defineMessage({ subject: 'events.camera.moved', external: true, payload });
    const dead = defineMessage({ subject: 'dlq.stats.x', payload });
    const zero = defineMessage({ subject: 'events.stats.zero', version: 0, payload });
    expect(rules({ others: [service('stats', { publishes: [external, dead, zero] })] })).toEqual([
      'external-published',
      'message-version',
      'dead-letter-space',
    ]);
  });
});

describe('durables', () => {
  test('of overlapping filters fight on a work queue', () => {
    const second = service('stats', { consumes: [consume(process, { topic: 'work' })] });
    expect(found({ others: [second] })).toEqual([
      'stats consumes work.process: its filter overlaps that of durable queue-process on work queue WORK, where each message has one consumer: share the durable, or split the subjects [work-queue-overlap]',
    ]);
  });

  test('have names of their own, over services too', () => {
    const twin = service('queue-media', { consumes: [consume(uploaded, { topic: 'uploaded' })] });
    expect(found({ others: [twin] })).toEqual([
      'queue-media consumes events.media.uploaded: durable queue-media-uploaded is also that of queue consumes events.media.uploaded, must be unique: give one of them its own topic [durable-duplicate]',
    ]);
  });

  test('need a topic where the subject gives none', () => {
    const all = defineMessage({ subject: 'dlq.>', external: true, payload });
    expect(found({ others: [service('stats', { consumes: [consume(all)] })] })).toEqual([
      'stats consumes dlq.>: topic is "", must be 1 to 128 characters of A-Z a-z 0-9 _ -: set it with consume(message, { topic }) [durable-name]',
    ]);
  });

  test.each<[Partial<ConsumerPolicy>, string]>([
    [{ ackWaitSeconds: 0 }, 'ackWaitSeconds is 0, must be more than 0 and at most 3600 seconds'],
    [{ ackWaitSeconds: 30_000 }, 'ackWaitSeconds is 30000, must be more than 0 and at most 3600 seconds'],
    [{ ackWaitSeconds: Number.NaN }, 'ackWaitSeconds is NaN'],
    [{ maxDeliver: -1 }, 'maxDeliver is -1, must be an integer of at least 1'],
    [{ maxDeliver: 2.5 }, 'maxDeliver is 2.5, must be an integer of at least 1'],
    [{ maxAckPending: 0 }, 'maxAckPending is 0, must be an integer of at least 1'],
    [{ nakDelaysSeconds: [] }, 'nakDelaysSeconds is empty but maxDeliver is 8'],
    [{ nakDelaysSeconds: [1, -2] }, 'nakDelaysSeconds contains -2, must be seconds of at least 0'],
    [{ nakDelaysSeconds: [60_000] }, 'its attempts take 420000 s, but stream EVENTS keeps messages for only 86400 s'],
  ])('may not have the policy %j', (policy, why) => {
    const stats = service('stats', { consumes: [consume(uploaded, policy)] });
    expect(found({ others: [stats] })).toEqual([expect.stringContaining(why)]);
  });
});

describe('services', () => {
  test('have one provisioner', () => {
    const other = service('stats', { jetstream: { provisions: true } });
    expect(found({ others: [other] })).toEqual([
      'topology: media, stats provision (jetstream: { provisions: true }), but exactly one must create the streams and durables of all: keep it on only one service [provisioner]',
    ]);
    expect(topologyFaults(defineTopology({ streams: [EVENTS], services: [] })).map(formatFault)).toEqual([
      'topology: no service provisions (jetstream: { provisions: true }), but exactly one must create the streams and durables of all: set it on one service [provisioner]',
    ]);
  });

  test.each(['', 'Media', 'a_b', 'a.b', '-a', 'a-', '1a', 'a'.repeat(64)])('may not be called %j', (name) => {
    expect(rules({ others: [service(name, {})] })).toEqual(['service-name']);
  });

  test('have names of their own', () => {
    expect(rules({ others: [service('media', {})] })).toEqual(['service-duplicate']);
  });

  test.each(['reads', 'deletes', 'purges'] as const)('reach only into streams that are there: %s', (duty) => {
    expect(found({ others: [service('stats', { jetstream: { [duty]: ['EVENT', 'DLQ'] } })] })).toEqual([
      `stats jetstream ${duty}: stream "EVENT" is not declared (declared: WORK, EVENTS, DLQ): did you mean EVENTS [stream-unknown]`,
    ]);
  });
});

describe('dead letters', () => {
  test.each([
    [{ stream: 'DLK', prefix: 'dlq' }, 'stream "DLK" is not declared (declared: WORK, EVENTS, DLQ): did you mean DLQ'],
    [{ stream: 'DLQ', prefix: 'dead' }, 'stream DLQ stores dlq.>, must store dead.>: add it'],
    [{ stream: 'DLQ', prefix: 'dlq.>' }, 'prefix is "dlq.>", must be tokens without wildcards, such as dlq'],
  ])('cannot be %j', (deadLetters, why) => {
    expect(found({ deadLetters })).toEqual([expect.stringContaining(`topology deadLetters: ${why}`)]);
  });
});

test('all faults are told at once', () => {
  const stats = service('stats', {
    publishes: [defineMessage({ subject: 'stray.x', payload })],
    consumes: [consume(uploaded, { maxDeliver: 0, ackWaitSeconds: -3 })],
    jetstream: { provisions: true, reads: ['NONE'] },
  });
  const given = { streams: [WORK, EVENTS, DLQ, defineStream({ name: 'X Y', subjects: ['work.a'] })], others: [stats] };
  expect(rules(given)).toEqual([
    ...['provisioner', 'stream-unknown', 'stream-name', 'stream-overlap', 'subject-unkept'],
    ...['consumer-policy', 'consumer-policy'],
  ]);
});

interface Given {
  readonly streams?: readonly Stream[];
  readonly others?: readonly ServiceDeclaration[];
  readonly deadLetters?: Topology['deadLetters'];
}

function found({ streams, others, deadLetters }: Given): string[] {
  const topology = defineTopology({
    streams: streams ?? [WORK, EVENTS, DLQ],
    services: [media, queue, ...(others ?? [])],
    deadLetters: deadLetters ?? { stream: 'DLQ', prefix: 'dlq' },
  });
  return topologyFaults(topology).map(formatFault);
}

function rules(given: Given): string[] {
  return found(given).map((line) => /\[([a-z-]+)\]$/.exec(line)?.[1] ?? line);
}

function service(
  name: string,
  rest: Partial<Pick<ServiceDeclaration, 'publishes' | 'consumes' | 'subscribes'>> & {
    readonly jetstream?: JetStreamDuties;
  },
): ServiceDeclaration {
  return declareService({ name, env: [], ...rest });
}
