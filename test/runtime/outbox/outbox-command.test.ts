import { sql } from 'kysely';
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

/** What the command says; with a fault, that. */
async function run(...words: readonly string[]): Promise<string | undefined> {
  const result = await runOutboxCommand({ url: rig.url, schema: 'thing' }, words);
  return result?.fault ?? result?.said;
}

/** Parks messages of two aggregates, by the thousands. */
async function parkMany(count: number): Promise<void> {
  await sql`insert into outbox_parked (position, message_id, subject, aggregate, envelope, created_at, reason)
    select 1000000 + n, 'many-' || n, 'also.changed', 'a' || n % 2, '{}', now(), 'nats denied it'
    from generate_series(1, ${count}::int) as n`.execute(rig.db);
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

it('does what it can and names the messages that are not parked', async () => {
  const fault = 'not parked: thing:denied-a-7, nonsense: take the ids from outbox list';
  expect(await run('send', 'thing:denied-a-7', 'thing:denied-a-1', 'nonsense')).toBe(fault);
  expect([await rig.count('outbox'), await rig.count('outbox_parked')]).toEqual([1, 2]);
  expect(await run('drop', 'nonsense')).toBe('not parked: nonsense: take the ids from outbox list');
});

it('sends many in steps, in their order, and tells how far it is', async () => {
  await rig.db.deleteFrom('outbox_parked').execute();
  await parkMany(25_000);
  const told: string[] = [];
  const tell = (progress: string): void => void told.push(progress);
  const result = await runOutboxCommand({ url: rig.url, schema: 'thing' }, ['send', 'all'], tell);
  expect(result).toEqual({ said: 'sent again: 25000\n', fault: undefined });
  expect(told).toEqual(['sent again: 10000 so far\n', 'sent again: 20000 so far\n']);
  const { rows } = await sql<{ wrong: number }>`select count(*) as wrong from (
    select position, lag(position) over (order by substr(message_id, 6)::int) as before from outbox) as sent
    where position < before`.execute(rig.db);
  expect([rows[0]?.wrong, await rig.count('outbox'), await rig.count('outbox_parked')]).toEqual([0, 25_000, 0]);
});
