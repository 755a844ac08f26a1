/** What a person sees and does with messages that were parked: `/metrics` and `node main.mjs outbox …`, on a service that runs. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ManagedProcess } from '#local';
import { eventually } from '#test-support/eventually';
import { startServiceProcess, type ServiceProcess } from '#test-support/service-process';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { notes, notesTopology, noteWritten } from '../sample-service.ts';

const MAIN = 'test/runtime/sample-main.ts';

let stores: ServiceStores;
let running: ServiceProcess;
let owner: string;

beforeAll(async () => {
  stores = await startServiceStores(notesTopology);
  running = await startServiceProcess(MAIN, stores.env(notes));
  await running.untilReady();
});

beforeEach(async () => {
  owner = randomUUID();
  await stores.postgres.sql('truncate notes.outbox, notes.outbox_parked, notes.outbox_later', 'video');
});

afterAll(async () => {
  await running.process.stop();
  await stores.stop();
});

/** A parked message: one that could not be published when it was, and can now. */
async function park(id: string, minutesAgo = 0): Promise<void> {
  const data = { noteId: randomUUID(), ownerId: owner, text: id };
  const { subject: type } = noteWritten;
  const about = { id, type, source: 'notes', subject: data.noteId, version: 1 };
  const envelope = { ...about, time: new Date().toISOString(), data };
  await stores.postgres.sql(
    `insert into notes.outbox_parked (position, message_id, subject, aggregate, envelope, created_at, parked_at, reason)
     values ((select coalesce(max(position), 0) + 1 from notes.outbox_parked), 'notes:${id}', 'events.notes.written',
       '${data.noteId}', '${JSON.stringify(envelope)}', now(), now() - interval '${minutesAgo} minutes', 'nats denied it')`,
    'video',
  );
}

/** Runs the service's main with the words of a command line. */
async function outbox(...words: readonly string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...stores.env(notes) };
  const command = [process.execPath, '--import', 'tsx', MAIN, 'outbox', ...words] as const;
  const said = new ManagedProcess({ name: 'outbox', command, env });
  const { code } = await said.ended;
  return { code, text: said.output };
}

async function gauge(name: string): Promise<number> {
  const text = await (await fetch(`${running.url}/metrics`)).text();
  return Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(text)?.[1]);
}

it('counts what waits, with the age of the oldest', async () => {
  await park('old', 10);
  await park('young');
  await stores.postgres.sql(
    `insert into notes.outbox_later (due, message_id, subject, aggregate, envelope)
     values (now() + interval '1 hour', 'notes:later', 'events.notes.written', 'a', '{}')`,
    'video',
  );
  expect(await gauge('outbox_parked_messages')).toBe(2);
  expect(await gauge('outbox_parked_oldest_seconds')).toBeGreaterThanOrEqual(600);
  expect(await gauge('outbox_parked_oldest_seconds')).toBeLessThan(700);
  expect(await gauge('outbox_later_messages')).toBe(1);
  expect(await gauge('outbox_later_oldest_seconds')).toBe(0);
  expect(await gauge('outbox_messages')).toBe(0);
  expect(await gauge('outbox_put_off_messages')).toBe(0);
});

it('lists, sends and drops what was parked; what is sent is published and handled', async () => {
  await park('first');
  await park('second');
  const listed = await outbox('list');
  expect(listed).toMatchObject({ code: 0 });
  expect(listed.text).toMatch(
    /parked\tnotes:first\tevents\.notes\.written\t[^\n]*nats denied it\nparked\tnotes:second/,
  );
  expect(await outbox('send', 'notes:first')).toEqual({
    code: 0,
    text: expect.stringContaining('sent again: 1') as unknown,
  });
  const handled = `select notes from notes.tally where owner_id = '${owner}'`;
  await eventually(async () => expect(await stores.postgres.sql(handled, 'video')).toBe('1'));
  expect(await outbox('drop', 'notes:second')).toMatchObject({ code: 0 });
  expect(await gauge('outbox_parked_messages')).toBe(0);
  expect(await stores.postgres.sql(handled, 'video')).toBe('1');
});

it('says how it is used when it is not, and ends with 2', async () => {
  const said = await outbox('publish');
  expect(said.code).toBe(2);
  expect(said.text).toContain('outbox drop <message id …>');
});

it('shows no figure that it does not know', async () => {
  await stores.postgres.sql('alter table notes.outbox_later rename to outbox_elsewhere', 'video');
  expect([await gauge('outbox_later_messages'), await gauge('outbox_messages')]).toEqual([Number.NaN, 0]);
  await stores.postgres.sql('alter table notes.outbox_elsewhere rename to outbox_later', 'video');
  expect(await gauge('outbox_later_messages')).toBe(0);
});
