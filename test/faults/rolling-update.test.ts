/**
 * A rolling update from a version before, and back to it, under load: old and new replicas share the database, the outbox and
 * the durable for a while. Each note that was accepted is there, and each note is counted once.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, ManagedProcess, temporaryFolder } from '#local';
import { eventually } from '#test-support/eventually';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { notes, notesTopology } from '../runtime/sample-service.ts';

/** Commit of the version before. */
const BEFORE = process.env.VERSION_BEFORE ?? 'bf86ea1';
const ROOT = resolve(import.meta.dirname, '../..');
/** Where the sample's main is, or was. */
const MAINS = ['test/runtime/sample-main.ts', 'test/services/runtime/sample-main.ts'];
const WRITERS = 8;
const START_MS = 60_000;

const isKnown = ((): boolean => {
  try {
    execFileSync('git', ['cat-file', '-e', `${BEFORE}^{commit}`], { cwd: ROOT, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

interface Pod {
  readonly url: string;
  readonly process: ManagedProcess;
}

let stores: ServiceStores;
let before: string;
/** The replicas that take requests. */
const edge: Pod[] = [];
const started: ManagedProcess[] = [];

beforeAll(async () => {
  if (!isKnown) return;
  before = temporaryFolder('version-before');
  const archive = execFileSync('git', ['archive', BEFORE], { cwd: ROOT, maxBuffer: 1024 ** 3 });
  execFileSync('tar', ['-x', '-C', before], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(before, 'node_modules'));
  stores = await startServiceStores(notesTopology);
});

afterAll(async () => {
  for (const one of started) one.kill('SIGKILL');
  if (isKnown) await stores.stop();
});

/** Starts a replica of a version, and lets it take requests once it is ready. */
async function enter(folder: string): Promise<Pod> {
  const port = String(await freePort());
  const main = MAINS.find((one) => existsSync(join(folder, one))) ?? '';
  const env = stores.env(notes, { NOTES_MAX: '1000000', RATE_LIMIT: '0' });
  const process_ = new ManagedProcess({
    name: 'notes',
    command: [process.execPath, '--import', 'tsx', main],
    cwd: folder,
    env: { ...env, PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', HOST: '127.0.0.1', PORT: port },
  });
  started.push(process_);
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    if (!process_.running) throw new Error(`ended before it was ready:\n${process_.output}`);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }, START_MS);
  const pod = { url, process: process_ };
  edge.push(pod);
  return pod;
}

/** Takes a replica out, as the cluster does: no new requests, then SIGTERM. */
async function leave(pod: Pod): Promise<void> {
  edge.splice(edge.indexOf(pod), 1);
  await pod.process.stop();
}

/** Writes notes until it is told to stop, each until it is accepted. Returns the ids of those. */
async function writeOn(who: LoggedIn, writing: AbortSignal): Promise<readonly string[]> {
  const accepted: string[] = [];
  for (let n = 0; !writing.aborted; n += 1) {
    const headers = { ...who.headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    await eventually(async () => {
      const { url } = edge[n % edge.length] ?? { url: '' };
      const body = JSON.stringify({ text: `note ${n}` });
      const answer = await fetch(`${url}/api/notes/notes`, { method: 'POST', headers, body });
      expect(answer.status).toBe(201);
      accepted.push(((await answer.json()) as { noteId: string }).noteId);
    }, START_MS);
  }
  return accepted;
}

const figure = async (query: string): Promise<number> => Number(await stores.postgres.sql(query, 'video'));

/** Replaces two replicas of one version by two of another, under load. Returns what became of the notes. */
async function replace(from: string, to: string) {
  const notesBefore = await notesThere();
  const old = [await enter(from), await enter(from)];
  const writing = new AbortController();
  const people = await Promise.all(Array.from({ length: WRITERS }, async () => await stores.logIn()));
  const written = people.map(async (who) => await writeOn(who, writing.signal));
  await eventually(async () => expect(await notesThere()).toBeGreaterThan(notesBefore + 200), 60_000);
  // the replicas that leave have messages in their outbox
  await stores.nats.halt('SIGKILL');
  await eventually(async () => expect(await figure('select count(*) from notes.outbox')).toBeGreaterThan(200), 60_000);
  const inOutbox = await figure('select count(*) from notes.outbox');
  await stores.nats.start();
  for (const pod of old) {
    await enter(to);
    await leave(pod);
  }
  const atEnd = await notesThere();
  await eventually(async () => expect(await notesThere()).toBeGreaterThan(atEnd + 200), 60_000);
  writing.abort();
  const accepted = (await Promise.all(written)).flat();
  await eventually(async () => {
    expect(await figure('select count(*) from notes.outbox')).toBe(0);
    expect(await counted()).toBeGreaterThanOrEqual(notesBefore + accepted.length);
  }, 60_000);
  for (const pod of [...edge]) await leave(pod);

  const ids = new Set((await stores.postgres.sql('select note_id from notes.note', 'video')).split('\n'));
  const wrong = `select count(*) from (select owner_id, count(*) as there from notes.note group by 1) as note
    full join notes.tally using (owner_id) where there is distinct from notes`;
  return {
    accepted: accepted.length,
    notes: ids.size,
    counted: await counted(),
    'in the outbox at the update': inOutbox,
    lost: accepted.filter((id) => !ids.has(id)).length,
    'accepted twice': accepted.length - new Set(accepted).size,
    'people whose notes are not counted once': await figure(wrong),
    parked: await figure('select count(*) from notes.outbox_parked'),
  };
}

const notesThere = async (): Promise<number> => {
  const there = await stores.postgres.sql(`select to_regclass('notes.note') is not null`, 'video');
  return there === 't' ? await figure('select count(*) from notes.note') : 0;
};
const counted = async (): Promise<number> => await figure('select coalesce(sum(notes), 0) from notes.tally');

const DIRECTIONS = [
  { name: `from ${BEFORE} to this version`, folders: () => [before, ROOT] },
  {
    name: `back from this version to ${BEFORE}, on the database that this one has migrated`,
    folders: () => [ROOT, before],
  },
];

it.skipIf(!isKnown).each(DIRECTIONS)(
  '$name, under load: no note is lost, none is counted twice',
  async ({ name, folders }) => {
    const [from = '', to = ''] = folders();
    const counts = await replace(from, to);
    process.stdout.write(`rolling update ${name}: ${JSON.stringify(counts)}\n`);
    expect(counts).toMatchObject({
      ...{ lost: 0, 'accepted twice': 0, 'people whose notes are not counted once': 0, parked: 0 },
      counted: counts.notes,
    });
  },
  300_000,
);
