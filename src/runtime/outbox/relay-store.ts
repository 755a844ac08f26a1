/** The statements of a relay. Each is one round trip outside a transaction. */
import type { Envelope } from '#declare';
import type { Statements } from './relay-connection.ts';

/** A message of the outbox. */
export interface OutboxRow {
  readonly position: number;
  readonly messageId: string;
  readonly subject: string;
  readonly aggregate: string;
  readonly envelope: Envelope;
}

/** A message that a page holds. */
export interface PageRow extends OutboxRow {
  /** Whether an older message of its aggregate was passed over and is still there. */
  readonly held: boolean;
}

/** Messages from a position on. */
export interface Page {
  readonly rows: readonly PageRow[];
  /** Whether there may be more behind the last one. */
  readonly full: boolean;
}

/** Which messages a page holds. */
export interface PageQuery {
  /** Positions above this one. */
  readonly from: number;
  readonly limit: number;
  /** A message is held by an older one of its aggregate above this position and not above `from`. */
  readonly heldAbove: number;
  /** Positions that hold nothing: they are on their way. */
  readonly known: ReadonlySet<number>;
}

/** A message that was put off. */
export interface PutOffRow {
  readonly position: number;
  readonly subject: string;
  readonly aggregate: string;
  readonly attempts: number;
  /** Milliseconds until the next attempt. */
  readonly inMs: number;
}

/** Bytes of one page, as PostgreSQL stores envelopes; a message larger than that is a page by itself. */
const PAGE_BYTES = 4 * 1024 * 1024;
const COLUMNS = 'position, message_id as "messageId", subject, aggregate, envelope';

/** The tables of an outbox as one relay uses them. */
export class RelayStore {
  private readonly on: Statements;
  private readonly owner: string;

  constructor(on: Statements, owner: string) {
    this.on = on;
    this.owner = owner;
  }

  /** Takes or extends the lease; false while another relay has it. */
  async takeLease(ms: number): Promise<boolean> {
    const rows = await this.on.query(
      `insert into outbox_lease as lease (part, owner, until)
       select 0, $1::text, now() + $2 * interval '1 ms'
       where not exists (select from outbox_lease where owner <> $1 and until >= now())
       on conflict (part) do update set owner = excluded.owner, until = excluded.until
         where lease.owner = excluded.owner or lease.until < now()
       returning part`,
      [this.owner, ms],
    );
    return rows.length > 0;
  }

  async giveLeaseBack(): Promise<void> {
    await this.on.query('delete from outbox_lease where owner = $1', [this.owner]);
  }

  async page({ from, limit, heldAbove, known }: PageQuery): Promise<Page> {
    const checked = heldAbove < from;
    const held = checked
      ? `exists (select from outbox older where older.aggregate = page.aggregate and older.position > $4
                 and older.position <= $1 and older.position <> all ($5::bigint[]))`
      : 'false';
    const rows = await this.on.query<PageRow & { readonly found: number }>(
      `select ${COLUMNS}, found, ${held} as held
       from (select page.*, count(*) over () as found,
                    sum(pg_column_size(envelope)) over (order by position) - pg_column_size(envelope) as before
             from (select * from outbox where position > $1 order by position limit $2) page) page
       where before < $3
       order by position`,
      [from, limit, PAGE_BYTES, ...(checked ? [heldAbove, [...known]] : [])],
    );
    const found = rows[0]?.found ?? 0;
    return { rows, full: found === limit || rows.length < found };
  }

  /** The oldest messages of aggregates between two positions. */
  async pull(aggregates: readonly string[], above: number, upTo: number, each: number): Promise<readonly OutboxRow[]> {
    return await this.on.query<OutboxRow>(
      `select pulled.* from unnest($1::text[]) as wanted (aggregate)
       cross join lateral (select ${COLUMNS} from outbox where outbox.aggregate = wanted.aggregate
                           and position > $2 and position <= $3 order by position limit $4) pulled
       order by pulled.position`,
      [aggregates, above, upTo, each],
    );
  }

  async rowsAt(positions: readonly number[]): Promise<readonly OutboxRow[]> {
    return await this.on.query<OutboxRow>(`select ${COLUMNS} from outbox where position = any ($1) order by position`, [
      positions,
    ]);
  }

  /** The last position that was drawn. */
  async lastPosition(): Promise<number> {
    const rows = await this.on.query<{ readonly last: number }>(
      // until the first is drawn, the sequence says 1 all the same
      'select case when is_called then last_value else 0 end as last from outbox_position_seq',
      [],
    );
    return rows[0]?.last ?? 0;
  }

  /** Transactions that write to the outbox now; a writer locks the table before it draws a position. */
  async writers(): Promise<readonly string[]> {
    const rows = await this.on.query<{ readonly writer: string }>(
      `select distinct virtualtransaction || '/' || coalesce(pid, 0) as writer from pg_locks
       where locktype = 'relation' and relation = 'outbox'::regclass and mode = 'RowExclusiveLock' and granted
         and database = (select oid from pg_database where datname = current_database())`,
      [],
    );
    return rows.map(({ writer }) => writer);
  }

  /** Deletes what was published; those that another transaction has locked stay. Returns the positions that are gone. */
  async finish(positions: readonly number[]): Promise<readonly number[]> {
    const deleted = await this.on.query<{ readonly position: number }>(
      `delete from outbox where position = any (array(
         select position from outbox where position = any ($1) for update skip locked)) returning position`,
      [positions],
    );
    if (deleted.length === positions.length) return positions;
    const left = await this.on.query<{ readonly position: number }>(
      'select position from outbox where position = any ($1)',
      [positions],
    );
    const still = new Set(left.map(({ position }) => position));
    return positions.filter((position) => !still.has(position));
  }

  async putOff(rows: readonly { position: number; attempts: number; inMs: number; reason: string }[]): Promise<void> {
    await this.on.query(
      `insert into outbox_put_off (position, attempts, next_at, reason)
       select position, attempts, now() + ms * interval '1 ms', reason
       from unnest($1::bigint[], $2::int[], $3::float8[], $4::text[]) as failed (position, attempts, ms, reason)
       on conflict (position) do update
         set attempts = excluded.attempts, next_at = excluded.next_at, reason = excluded.reason`,
      [
        rows.map(({ position }) => position),
        rows.map(({ attempts }) => attempts),
        rows.map(({ inMs }) => inMs),
        rows.map(({ reason }) => reason),
      ],
    );
  }

  async forgetPutOff(positions: readonly number[]): Promise<void> {
    await this.on.query('delete from outbox_put_off where position = any ($1)', [positions]);
  }

  /** Messages that were put off and are still there; forgets the others. */
  async putOffs(): Promise<readonly PutOffRow[]> {
    await this.on.query(
      'delete from outbox_put_off where not exists (select from outbox where outbox.position = outbox_put_off.position)',
      [],
    );
    return await this.on.query<PutOffRow>(
      `select outbox.position, subject, aggregate, attempts,
              greatest(0, extract(epoch from next_at - now()) * 1000)::float8 as "inMs"
       from outbox_put_off join outbox using (position) order by position`,
      [],
    );
  }

  /** Sets messages aside. Returns the positions that are gone from the outbox. */
  async park(rows: readonly { position: number; reason: string }[]): Promise<readonly number[]> {
    const positions = rows.map(({ position }) => position);
    await this.on.query(
      `with refused as (select * from unnest($1::bigint[], $2::text[]) as refused (position, reason)),
            gone as (delete from outbox where position = any (array(
              select position from outbox where position = any ($1) for update skip locked)) returning *),
            off as (delete from outbox_put_off where position = any ($1))
       insert into outbox_parked (position, message_id, subject, aggregate, envelope, created_at, reason)
       select position, message_id, subject, aggregate, envelope, created_at, reason
       from gone join refused using (position) on conflict do nothing`,
      [positions, rows.map(({ reason }) => reason)],
    );
    const left = await this.rowsAt(positions);
    const still = new Set(left.map(({ position }) => position));
    return positions.filter((position) => !still.has(position));
  }

  /** Moves delayed messages whose time has come into the outbox. Returns how many. */
  async moveDue(limit: number): Promise<number> {
    const moved = await this.on.query(
      `with due as (delete from outbox_later where id = any (array(
         select id from outbox_later where due <= now() order by due limit $1 for update skip locked)) returning *)
       insert into outbox (message_id, subject, aggregate, envelope, created_at)
       select message_id, subject, aggregate, envelope, created_at from due order by due.due, id
       on conflict do nothing returning position`,
      [limit],
    );
    return moved.length;
  }
}
