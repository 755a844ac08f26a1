import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runOutboxCommand } from '#runtime/outbox/outbox-command';
import { eventually } from '#test-support/eventually';
import { startOutboxRig, type OutboxRig } from '#test-support/outbox-rig';

let rig: OutboxRig;

beforeAll(async () => {
  rig = await startOutboxRig();
});

beforeEach(async () => {
  await rig.reset();
  for (const n of [1, 2, 3]) await rig.write('denied', 'a', n);
  await rig.startRelay();
  await eventually(async () => expect(await rig.count('outbox_parked')).toBe(3));
  await rig.stopRelays();
});

afterAll(async () => {
  await rig.stop();
});

async function run(...words: readonly string[]): Promise<string | undefined> {
  return await runOutboxCommand({ url: rig.url, schema: 'thing' }, words);
}

it('lists what was parked, with the reason', async () => {
  const lines = (await run('list'))?.trim().split('\n') ?? [];
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^parked\tthing:denied-a-1\tdenied\.changed\ta\t-\t.*\tnats denied the subject/);
});

it('sends one again and drops the others', async () => {
  expect(await run('send', 'thing:denied-a-2')).toBe('sent again: 1\n');
  expect([await rig.count('outbox'), await rig.count('outbox_parked')]).toEqual([1, 2]);
  expect(await run('drop', 'all')).toBe('dropped: 2\n');
  expect([await rig.count('outbox'), await rig.count('outbox_parked')]).toEqual([1, 0]);
});

it('does nothing without a verb or without a message', async () => {
  expect(await run()).toBeUndefined();
  expect(await run('drop')).toBeUndefined();
  expect(await rig.count('outbox_parked')).toBe(3);
});
