import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sql, type Kysely } from 'kysely';
import type { RunningPostgres } from '#local';
import { freeKeysOf, idempotencyStore } from '#runtime/database/idempotency-store';
import { createLogger, type OpenDatabase, type RuntimeTables } from '#runtime';
import { openDatabase } from '#runtime/database/database';
import { eventually } from '#test-support/eventually';
import { startRuntimeDatabase, type RuntimeDatabase } from '#test-support/runtime-database';

const log = createLogger({ service: 'test', version: '0', level: 'silent' });
const slot = { userId: 'ann', operation: 'write', key: 'k' };

let database: RuntimeDatabase;
let server: RunningPostgres;
let pod: OpenDatabase;

beforeAll(async () => {
  database = await startRuntimeDatabase();
  ({ server, pod } = database);
});

afterEach(async () => {
  await server.sql('delete from idempotency', 'video');
});

afterAll(async () => {
  await database.stop();
});

const tables = ({ db }: OpenDatabase = pod): Kysely<RuntimeTables> => db as unknown as Kysely<RuntimeTables>;

it("frees the keys of a process that died when its pod starts again, and nobody else's", async () => {
  const dead = { ...slot, key: 'dead' };
  const living = { ...slot, key: 'living' };
  await idempotencyStore(tables(), log, { pod: 'notes-0' }).take(dead, 'f');
  await idempotencyStore(tables(), log, { pod: 'notes-1' }).take(living, 'f');
  const store = idempotencyStore(tables(), log, { pod: 'notes-2' });
  await freeKeysOf(tables(), log, { pod: 'notes-0', statementTimeoutMs: 1 });
  await eventually(async () => expect(await store.take(dead, 'f')).toBeUndefined());
  await expect(store.take(living, 'f')).rejects.toMatchObject({ code: 'conflict' });
});

it('holds the keys of a process that died for as long as its last statement may take, and no longer', async () => {
  const store = idempotencyStore(tables(), log, { pod: 'notes-0' });
  const isHeldBeyond = async (seconds: number): Promise<string> =>
    await server.sql(`select held_until > now() + interval '${seconds} s' from idempotency`, 'video');
  await store.take(slot, 'f');
  expect(await isHeldBeyond(30)).toBe('t');
  await freeKeysOf(tables(), log, { pod: 'notes-0', statementTimeoutMs: 30_000 });
  expect(await isHeldBeyond(30)).toBe('f');
  await expect(store.take(slot, 'f')).rejects.toMatchObject({ code: 'conflict' });
  await freeKeysOf(tables(), log, { pod: 'notes-0', statementTimeoutMs: 86_400_000 });
  expect(await isHeldBeyond(30)).toBe('f');
});

it('says so when the keys of a process that died cannot be freed, and goes on', async () => {
  const lines: string[] = [];
  const heard = createLogger({
    ...{ service: 'test', version: '0', level: 'warn' },
    destination: { write: (line) => void lines.push(line) },
  });
  const limits = { statementTimeoutMs: 100, poolMax: 1, deadlineMs: 10_000 };
  const impatient = await openDatabase({ url: server.url, schema: 'public', ...limits, log });
  await tables()
    .transaction()
    .execute(async (trx) => {
      await sql`lock table idempotency`.execute(trx);
      await freeKeysOf(tables(impatient), heard, { pod: 'notes-0', ...limits });
    });
  await impatient.close();
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    {
      msg: 'idempotency keys of a process that died were not freed, they expire after 60 s',
      err: { message: expect.stringContaining('statement timeout') as string },
    },
  ]);
});

it('finds the keys that a pod holds without a look at the answers that are stored', async () => {
  await server.sql(
    `insert into idempotency (user_id, operation, key, fingerprint, held_until, status)
       select 'ann', 'write', n::text, 'f', now(), 200 from generate_series(1, 10000) n;
     analyze idempotency`,
    'video',
  );
  const search = `select from idempotency where owner = 'notes-0' and status is null and held_until > now()`;
  expect(await server.sql(`explain ${search}`, 'video')).toContain('idempotency_of_owner');
});

it('holds a key for as long as the work takes, and for a while when the process died in it', async () => {
  const store = idempotencyStore(tables(), log, { holdSeconds: 1 });
  const heldUntil = async (): Promise<string> => await server.sql('select held_until from idempotency', 'video');
  await store.take(slot, 'f');
  let done: () => void = () => undefined;
  const work = store.holding(slot, async () => await new Promise<void>((resolve) => (done = resolve)));
  const first = await heldUntil();
  await eventually(async () => {
    expect(await server.sql(`select now() > '${first}'::timestamptz`, 'video')).toBe('t');
  });
  await expect(store.take(slot, 'f')).rejects.toMatchObject({ code: 'conflict' });
  done();
  await work;
  // nobody kept an answer: the process died here
  await eventually(async () => expect(await store.take(slot, 'f')).toBeUndefined());
});
