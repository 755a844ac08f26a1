/** Stores that are slow: each piece of what is said to them and by them is delayed. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { RECOVERY_MS, startNotesBehindProxies, type NotesBehindProxies } from './notes-behind-proxies.ts';

/** Slower than every bound on an answer. */
const TOO_SLOW_MS = 7000;
const NOTES = 10;

let service: NotesBehindProxies;

beforeAll(async () => {
  service = await startNotesBehindProxies();
});

afterEach(() => {
  for (const proxy of Object.values(service.proxies)) proxy.resume();
});

afterAll(async () => {
  await service.stop();
});

const keys = (): readonly string[] => Array.from({ length: NOTES }, () => randomUUID());

describe('a store that is slow', () => {
  it.each(['postgres', 'redis', 'nats'] as const)(
    '(%s, 50 ms) serves, and each note is counted once',
    async (store) => {
      const who = await service.stores.logIn();
      service.proxies[store].delay(50);
      const statuses = await Promise.all(keys().map(async (key) => await service.write(who, key)));
      expect(statuses).toEqual(statuses.map(() => 201));
      await service.counted(who, NOTES);
    },
  );

  it.each(['postgres', 'redis'] as const)(
    '(%s, slower than an answer may be) is a 503 in time, and used again when it is not',
    async (store) => {
      const who = await service.stores.logIn();
      service.proxies[store].delay(TOO_SLOW_MS);
      const wanted = keys();
      const refused = await Promise.all(wanted.map(async (key) => await service.write(who, key)));
      expect(refused).toEqual(refused.map(() => 503));
      service.proxies[store].resume();
      await Promise.all(wanted.map(async (key) => await service.writeSurely(who, key)));
      await service.counted(who, NOTES);
    },
  );

  it('(PostgreSQL, each statement within its limit) is a 503 when the statements of a request take too long together', async () => {
    const who = await service.stores.logIn();
    const wanted = keys();
    service.proxies.postgres.delay(900);
    const refused = await Promise.all(wanted.map(async (key) => await service.write(who, key)));
    expect(refused).toEqual(refused.map(() => 503));
    service.proxies.postgres.resume();
    await Promise.all(wanted.map(async (key) => await service.writeSurely(who, key)));
    await service.counted(who, NOTES);
  });

  it('(NATS, slower than an answer may be) takes every note at once, and each is counted once when it is not', async () => {
    const who = await service.stores.logIn();
    service.proxies.nats.delay(TOO_SLOW_MS);
    const statuses = await Promise.all(keys().map(async (key) => await service.write(who, key)));
    expect(statuses).toEqual(statuses.map(() => 201));
    service.proxies.nats.resume();
    await service.counted(who, NOTES);
    await eventually(async () => {
      const { status } = await fetch(`${service.running.url}/readyz`);
      expect(status).toBe(200);
    }, RECOVERY_MS);
  });
});
