import { createClient, Refusal } from 'cdk8s-nats/client';
import { startForTest } from 'cdk8s-nats/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { notesApi } from './declaration.ts';
import { service } from './service.ts';

const running = await startForTest(service);
afterAll(async () => await running.stop());

const client = createClient(notesApi, { origin: running.url });

it('writes and reads a note', async () => {
  const { id } = await client.call('writeNote', { body: { text: 'hello' } });
  expect(await client.call('readNote', { params: { id } })).toEqual({ id, text: 'hello' });
});

it('throws what the service refuses', async () => {
  const reading = client.call('readNote', { params: { id: randomUUID() } });
  await expect(reading).rejects.toThrow(Refusal);
  await expect(reading).rejects.toMatchObject({ problem: { status: 404, code: 'not_found' } });
});
