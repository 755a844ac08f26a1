import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { consume, declareService, defineMessage, defineStream, defineTopology } from '#declare';
import type { RunningNats } from '#local';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { nakDelayMs } from '#runtime/events/delivery';
import { provision } from '#runtime/events/provisioner';
import { createLogger, withPolicy } from '#runtime';
import { startNats } from '#test-support/nats';

const made = defineMessage({ subject: 'events.thing.made', payload: z.object({}) });
const work = defineMessage({ subject: 'work.thing', payload: z.object({}) });

function topologyOf(
  maxAgeSeconds: number,
  limits: Pick<Parameters<typeof defineStream>[0], 'maxBytes' | 'discard'> = {},
) {
  return defineTopology({
    streams: [
      defineStream({ name: 'EVENTS', subjects: ['events.>'], maxAgeSeconds, ...limits }),
      defineStream({ name: 'WORK', subjects: ['work.>'], retention: 'workqueue' }),
    ],
    services: [declareService({ name: 'maker', env: [], consumes: [consume(made), consume(work)] })],
  });
}

let server: RunningNats;
let link: OpenNats;

beforeAll(async () => {
  server = await startNats();
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  link = await openNats({
    ...{ url: server.url, user: '', password: '', name: 'test', inboxPrefix: '_INBOX_test', deadlineMs: 10_000, log },
    onFatal: () => undefined,
  });
});

afterAll(async () => {
  await link.close();
  await server.stop();
});

describe('provisioning', () => {
  it('makes what is not there, and the second time touches nothing', async () => {
    expect(await provision(link, topologyOf(3600))).toEqual([
      'created stream EVENTS',
      'created stream WORK',
      'created durable maker-thing-made',
      'created durable maker-thing',
    ]);
    expect(await provision(link, topologyOf(3600))).toEqual([]);
  });

  it('changes what differs and keeps what is in it', async () => {
    await link.connection.jetstream().publish('events.thing.made', '{}');
    expect(await provision(link, topologyOf(7200))).toEqual(['changed max_age of stream EVENTS']);
    const patient = withPolicy(topologyOf(7200), made, { ackWaitSeconds: 77, maxDeliver: 2, nakDelaysSeconds: [1] });
    expect(await provision(link, patient)).toEqual(['changed ack_wait, max_deliver of durable maker-thing-made']);
    expect(await provision(link, patient)).toEqual([]);
    const manager = await link.connection.jetstreamManager({ checkAPI: false });
    expect((await manager.streams.info('EVENTS')).state.messages).toBe(1);
    expect((await manager.consumers.info('EVENTS', 'maker-thing-made')).num_pending).toBe(1);
  });

  it('gives an existing stream its size limit, and keeps what is in it', async () => {
    const limited = topologyOf(7200, { maxBytes: 1_000_000, discard: 'new' });
    await provision(link, topologyOf(7200));
    expect(await provision(link, limited)).toContain('changed discard, max_bytes of stream EVENTS');
    const manager = await link.connection.jetstreamManager({ checkAPI: false });
    const { config, state } = await manager.streams.info('EVENTS');
    expect({ max_bytes: config.max_bytes, discard: config.discard, messages: state.messages }).toEqual({
      ...{ max_bytes: 1_000_000, discard: 'new', messages: 1 },
    });
  });

  it('does the rest when the server refuses a stream, and names what it refused', async () => {
    const { streams, services } = topologyOf(3600);
    const foreign = defineStream({ name: 'FOREIGN', subjects: ['work.other'] });
    const other = defineStream({ name: 'OTHER', subjects: ['other.>'] });
    const refused = provision(link, defineTopology({ streams: [foreign, ...streams, other], services }));
    await expect(refused).rejects.toThrow(/^stream FOREIGN: subjects overlap with an existing stream$/);
    const manager = await link.connection.jetstreamManager({ checkAPI: false });
    expect((await manager.streams.info('OTHER')).config.subjects).toEqual(['other.>']);
    expect((await manager.streams.info('EVENTS')).config.max_age).toBe(3600 * 1_000_000_000);
  });
});

describe('the delay before the next delivery', () => {
  it('is the listed one ± 20 %, the last one repeating', () => {
    const delays = [10, 60, 300];
    expect([1, 2, 3, 9].map((attempt) => nakDelayMs(delays, attempt, () => 0.5))).toEqual([
      10_000, 60_000, 300_000, 300_000,
    ]);
    expect(nakDelayMs(delays, 1, () => 0)).toBe(8000);
    expect(nakDelayMs(delays, 1, () => 1)).toBe(12_000);
  });
});
