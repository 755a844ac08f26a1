/** An outbox that is large in bytes, or in rows that were deleted and are still there. */
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectionConfig } from '#runtime/database/connection-config';
import { RelayConnection } from '#runtime/outbox/relay-connection';
import { RelayStore } from '#runtime/outbox/relay-store';
import { eventually } from '#test-support/eventually';
import { numbersByAggregate, startOutboxRig, upTo, type OutboxRig } from '#test-support/outbox-rig';

const FILLING = 800_000;
const MEBIBYTE = 1024 * 1024;

let rig: OutboxRig;
const opened: RelayConnection[] = [];

beforeAll(async () => {
  rig = await startOutboxRig();
});

beforeEach(async () => {
  await rig.reset();
});

afterAll(async () => {
  for (const one of opened) await one.close();
  await rig.stop();
});

/** A relay's connection whose statements may take less than usual. */
function connection(statementMs = 5000): RelayConnection {
  const made = new RelayConnection(
    connectionConfig({ url: rig.url, schema: 'thing' }, { statementMs, idleInTransactionMs: 10_000 }),
  );
  opened.push(made);
  return made;
}

/** Writes large messages, which PostgreSQL stores in a hundredth of their size. */
async function writeLarge(table: 'outbox' | 'outbox_later', count: number): Promise<void> {
  await sql`
    insert into ${sql.table(table)} (${sql.raw(table === 'outbox' ? '' : 'due,')} message_id, subject, aggregate, envelope)
    select ${sql.raw(table === 'outbox' ? '' : `now() - interval '1 s',`)} 'large-' || n, 'also.changed', 'a' || n % 5,
      jsonb_build_object('id', 'large-' || n, 'subject', 'a' || n % 5,
                         'data', jsonb_build_object('n', n, 'filling', repeat('x', ${FILLING}::int)))
    from generate_series(1, ${count}::int) as n`.execute(rig.db);
}

async function untilEmpty(): Promise<void> {
  await eventually(async () => expect(await rig.count('outbox')).toBe(0), 60_000);
}

describe('large messages', () => {
  it('are read a few at a time, however small PostgreSQL stores them', async () => {
    await writeLarge('outbox', 40);
    const store = new RelayStore(connection(), 'reader');
    const limits = { rows: 500, bytes: 4 * MEBIBYTE, reach: 100_000 };
    const from = { from: 0, limits, heldAbove: Number.MAX_SAFE_INTEGER, known: new Set<number>() };
    const bytesOf = (rows: readonly { readonly envelope: string }[]): number =>
      rows.reduce((bytes, { envelope }) => bytes + envelope.length, 0);
    const page = await store.page(from);
    expect(page.rows.length).toBeGreaterThan(0);
    expect(bytesOf(page.rows)).toBeLessThan(5 * MEBIBYTE);
    expect(page.end).toBe(page.rows.at(-1)?.position);
    const positions = (await rig.db.selectFrom('outbox').select('position').execute()).map((row) => row.position);
    const { rows, there } = await store.rowsAt(positions);
    expect([there.size, rows.length > 0, bytesOf(rows) < 33 * MEBIBYTE]).toEqual([40, true, true]);
    // of an aggregate either all messages are fetched or none
    const pulled = await store.pull(['a0', 'a1', 'a2', 'a3', 'a4'], 0, Number.MAX_SAFE_INTEGER, 51);
    const counts = new Map<string, number>();
    for (const { aggregate } of pulled) counts.set(aggregate, (counts.get(aggregate) ?? 0) + 1);
    expect([...new Set(counts.values())]).toEqual([8]);
    expect(counts.size).toBeLessThan(5);
    expect((await store.page({ ...from, limits: { ...limits, bytes: 1 } })).rows).toHaveLength(1);
  });

  it('are published though all of them take longer than a statement may', async () => {
    await writeLarge('outbox', 60);
    await rig.startRelay({ connection: connection(400) });
    await untilEmpty();
    const numbers = numbersByAggregate(await rig.stored());
    expect(numbers.a1).toEqual(upTo(60).filter((n) => n % 5 === 1));
    expect(Object.values(numbers).flat()).toHaveLength(60);
  });

  it('that were delayed are moved a few at a time', async () => {
    await writeLarge('outbox_later', 12);
    const store = new RelayStore(connection(), 'mover');
    const from = Date.now() - 3_600_000;
    const limits = { rows: 500, bytes: 1, reach: 7_200_000 };
    expect((await store.moveDue(from, limits)).moved).toBe(1);
    expect((await store.moveDue(from, { ...limits, bytes: MEBIBYTE })).moved).toBe(11);
    expect([await rig.count('outbox'), await rig.count('outbox_later')]).toEqual([12, 0]);
  });
});

describe('a backlog of few aggregates', () => {
  it('is not looked through for the older messages of new ones', async () => {
    await sql`insert into outbox (message_id, subject, aggregate, envelope)
      select 'm' || n, 'good.a', 'a' || n % 10, '{}' from generate_series(1, 50000) as n`.execute(rig.db);
    await sql`analyze outbox`.execute(rig.db);
    for (const n of upTo(100)) await rig.write('also', `fresh${n}`, n);
    await rig.write('also', 'a1', 1);
    const reader = connection();
    const store = new RelayStore(reader, 'reader');
    const limits = { rows: 500, bytes: MEBIBYTE, reach: 100_000 };
    const from = (await store.lastPosition()) - 101;
    const known = new Set(upTo(1000).map((n) => from - 50_000 + n));
    const before = await rowsRead();
    const { rows } = await store.page({ from, limits, heldAbove: 0, known });
    expect(rows.map(({ held }) => held)).toEqual([...upTo(100).map(() => false), true]);
    const pulled = await store.pull(['a1', 'fresh1'], 0, from + 1, 3);
    expect(pulled.map(({ aggregate }) => aggregate)).toEqual(['a1', 'a1', 'a1', 'fresh1']);
    // what a session has read is counted at its end at the latest
    const [session] = await reader.query<{ readonly pid: number }>('select pg_backend_pid() as pid', []);
    await reader.close();
    const sessions = `select count(*) from pg_stat_activity where pid = ${String(session?.pid)}`;
    await eventually(async () => expect(await rig.postgres.sql(sessions, 'video')).toBe('0'));
    const read = (await rowsRead()) - before;
    expect([read > 100, read < 5000]).toEqual([true, true]);
  });
});

/** Rows that statements have read from the outbox, as PostgreSQL counts them. */
async function rowsRead(): Promise<number> {
  const read = await rig.postgres.sql(
    `select seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'outbox')
     from pg_stat_user_tables where relname = 'outbox'`,
    'video',
  );
  return Number(read);
}

describe('rows that were deleted and that an old snapshot still sees', () => {
  let snapshot: pg.Client;

  beforeAll(async () => {
    snapshot = new pg.Client({ connectionString: rig.url });
    await snapshot.connect();
  });

  afterAll(async () => {
    await snapshot.end();
  });

  it('do not keep a relay that starts from what lies behind them', async () => {
    await snapshot.query('begin isolation level repeatable read');
    await snapshot.query('select 1 from thing.outbox limit 1');
    await rig.postgres.sql(
      `insert into thing.outbox (message_id, subject, aggregate, envelope)
       select 'old-' || n, 'also.changed', 'old', '{}' from generate_series(1, 1000000) as n; delete from thing.outbox`,
      'video',
    );
    await rig.write('good', 'a', 1);
    await rig.startRelay({ connection: connection(150) });
    await untilEmpty();
    await rig.write('good', 'a', 2);
    await untilEmpty();
    await snapshot.query('rollback');
    expect(numbersByAggregate(await rig.stored())).toEqual({ a: [1, 2] });
  });
});

describe('delayed messages that cannot be moved', () => {
  it('keep no other message waiting, and go once they can', async () => {
    await rig.write('good', 'later', 1, { notBefore: new Date(Date.now() + 300) });
    await sql`alter table outbox_later rename to outbox_elsewhere`.execute(rig.db);
    await rig.startRelay();
    await rig.write('good', 'a', 1);
    await untilEmpty();
    await sql`alter table outbox_elsewhere rename to outbox_later`.execute(rig.db);
    await eventually(async () => {
      expect(numbersByAggregate(await rig.stored())).toEqual({ a: [1], later: [1] });
    }, 20_000);
  });
});
