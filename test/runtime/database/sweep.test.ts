import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '#local';
import { sweep } from '#runtime/database/sweep';
import type { OpenDatabase } from '#runtime';
import { startRuntimeDatabase, type RuntimeDatabase } from '#test-support/runtime-database';

let database: RuntimeDatabase;
let server: RunningPostgres;
let pod: OpenDatabase;

beforeAll(async () => {
  database = await startRuntimeDatabase();
  ({ server, pod } = database);
});

afterAll(async () => {
  await database.stop();
});

beforeEach(async () => {
  await server.sql('truncate inbox, idempotency', 'video');
});

describe('a sweep', () => {
  const old = new Date(Date.now() - 60_000);

  async function fill(rows: number): Promise<void> {
    await sql`insert into inbox select 'eater', n::text, now() - interval '1 hour' from generate_series(1, ${rows}) n`.execute(
      pod.db,
    );
    await sql`insert into inbox values ('eater', 'fresh', now())`.execute(pod.db);
  }

  const left = async (): Promise<string> => await server.sql('select count(*) from inbox', 'video');

  it('deletes all that is old, however much, and nothing else', async () => {
    await fill(12_000);
    expect(await sweep(pod.db, 'inbox', old, new AbortController().signal)).toBe(12_000);
    expect(await left()).toBe('1');
  });

  it('deletes old answers', async () => {
    await server.sql(
      `insert into idempotency (user_id, operation, key, fingerprint, held_until, created_at)
        select 'ann', 'write', n::text, '', now(), now() - (n || ' hours')::interval from generate_series(0, 2) n`,
      'video',
    );
    expect(await sweep(pod.db, 'idempotency', old, new AbortController().signal)).toBe(2);
  });

  it('keeps what it has deleted when it ends early', async () => {
    await fill(12_000);
    const ending = new AbortController();
    const swept = sweep(pod.db, 'inbox', old, ending.signal);
    ending.abort();
    expect(await swept).toBe(5000);
    expect(await left()).toBe('7001');
  });

  it('leaves to another replica what that one is deleting', async () => {
    await fill(100);
    const other = await pod.db.startTransaction().execute();
    await sql`delete from inbox where message_id in ('1', '2')`.execute(other);
    expect(await sweep(pod.db, 'inbox', old, new AbortController().signal)).toBe(98);
    await other.commit().execute();
    expect(await left()).toBe('1');
  });
});
