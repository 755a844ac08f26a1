import { expect, test } from 'vitest';
import { MESSAGES } from '#contracts';
import { SERVICES, topology } from '#catalog';
import { natsPermissions, topologyFaults, type Message } from '#declare';

test('the topology of the platform has no fault', () => {
  expect(topologyFaults(topology)).toEqual([]);
});

test('every message is published by somebody and, but for one that only tells, heard by somebody', () => {
  const published = new Set<Message>(SERVICES.flatMap((s) => s.publishes));
  const heard = new Set<Message>(SERVICES.flatMap((s) => [...s.consumes.map((c) => c.message), ...s.subscribes]));
  const messages: [string, Message][] = Object.entries(MESSAGES);
  expect(messages.filter(([, m]) => !m.external && !published.has(m)).map(([name]) => name)).toEqual([]);
  expect(messages.filter(([, m]) => !heard.has(m)).map(([name]) => name)).toEqual(['jobStarted']);
});

test('no service but the provisioner may make a stream', () => {
  for (const service of SERVICES) {
    const makes = natsPermissions(service, topology).publish.allow.some((s) => s.includes('STREAM.CREATE'));
    expect(makes, service.name).toBe(service.name === 'queue');
  }
});
