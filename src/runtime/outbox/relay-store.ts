/** The statements of a relay. Each is one round trip outside a transaction, and is bounded by what it reads. */
import type { Statements } from './relay-connection.ts';
import type { StepLimits } from './step-size.ts';

/** A message of the outbox. */
export interface OutboxRow {
  readonly position: number;
  readonly messageId: string;
  readonly subject: string;
  readonly aggregate: string;
  /** JSON of its envelope. It is parsed when it is sent: read, it takes several times as much memory. */
  readonly envelope: string;
}

/** A message that a page holds. */
export interface PageRow extends OutboxRow {
  /** Whether an older message of its aggregate was passed over and is still there. */
  readonly held: boolean;
}

/** Messages from a position on. */
export interface Page {
  readonly rows: readonly PageRow[];
  /** Position up to which everything is in it; infinite when nothing was behind. */
  readonly end: number;
}

/** Which messages a page holds. */
export interface PageQuery {
  /** Positions above this one. */
  readonly from: number;
  readonly limits: StepLimits;
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

/** Delayed messages that were moved into the outbox. */
export interface MovedDue {
  readonly moved: number;
  /** Time up to which all were moved, in milliseconds since 1970. */
  readonly end: number;
  /** Time of the database. */
  readonly now: number;
}

const COLUMNS = 'position, message_id as "messageId", subject, aggregate, envelope::text as envelope';
/**
 * Most bytes of an envelope as text, told without reading it. PostgreSQL shows how much a value takes, and not how much it was
 * before it was compressed: a hundred times as much, or more, where it repeats itself. A control character has six in JSON.
 */
const MOST_BYTES = `pg_column_size(envelope)::bigint
  * case pg_column_compression(envelope) when 'pglz' then 100 when 'lz4' then 256 else 8 end`;
/** Most bytes that are read at once. What is not compressed fills an eighth of that. */
export const MOST_READ_BYTES = 32 * 1024 * 1024;

/**
 * Whether a row belongs to an aggregate and lies above one position and not above another. Asked for in the order of aggregates,
 * only their index can serve it. With `aggregate = …` PostgreSQL takes an aggregate that it does not know for one of the few
 * that it does, expects to meet it soon, and looks through everything that waits.
 */
function isOf(row: string, aggregate: string, [above, upTo]: readonly [string, string]): string {
  const place = `(${row}.aggregate, ${row}.position)`;
  return `${place} > (${aggregate}, ${above}::bigint) and ${place} <= (${aggregate}, ${upTo}::bigint)`;
}

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

  async page({ from, limits, heldAbove, known }: PageQuery): Promise<Page> {
    const checked = heldAbove < from;
    const held = checked
      ? `coalesce((select true from outbox older where ${isOf('older', 'page.aggregate', ['$5', '$1'])}
                   and older.position <> all ($6::bigint[]) order by older.aggregate, older.position limit 1), false)`
      : 'false';
    const to = Math.min(from + limits.reach, Number.MAX_SAFE_INTEGER);
    const found = await this.on.query<PageRow & { readonly found: number | null; readonly drawn: number }>(
      // a page without messages tells what was drawn as well: only then is it known whether that was the end
      `select drawn.last_value as drawn, read.* from outbox_position_seq drawn
       left join (
         select ${COLUMNS}, found, ${held} as held
         from (select sized.*, count(*) over () as found,
                      sum(size) over (order by position rows unbounded preceding) - size as before
               from (select *, ${MOST_BYTES} as size from outbox
                     where position > $1 and position <= $2 order by position limit $3) sized) page
         where before < $4) read on true`,
      [from, to, limits.rows, limits.bytes, ...(checked ? [heldAbove, [...known]] : [])],
    );
    const rows = found.filter((row) => row.found !== null).sort((a, b) => a.position - b.position);
    const cut = rows.length === limits.rows || rows.length < (rows[0]?.found ?? 0);
    if (cut) return { rows, end: rows.at(-1)?.position ?? to };
    return { rows, end: to < (found[0]?.drawn ?? 0) ? to : Number.POSITIVE_INFINITY };
  }

  /** The oldest messages of aggregates between two positions; none of an aggregate whose messages would be too many bytes. */
  async pull(aggregates: readonly string[], above: number, upTo: number, each: number): Promise<readonly OutboxRow[]> {
    return await this.on.query<OutboxRow>(
      `select ${COLUMNS} from (
         select pulled.*, sum(size) over (order by number) as bytes
         from unnest($1::text[]) with ordinality as wanted (aggregate, number)
         cross join lateral (select *, ${MOST_BYTES} as size from outbox
                             where ${isOf('outbox', 'wanted.aggregate', ['$2', '$3'])}
                             order by outbox.aggregate, position limit $4) pulled) sized
       where bytes < $5 order by position`,
      [aggregates, above, upTo, each, MOST_READ_BYTES],
    );
  }

  /** The first of the messages at some positions, and which positions hold one. */
  async rowsAt(
    positions: readonly number[],
  ): Promise<{ readonly rows: readonly OutboxRow[]; readonly there: ReadonlySet<number> }> {
    const found = await this.on.query<OutboxRow & { readonly fits: boolean }>(
      `select position, message_id as "messageId", subject, aggregate, before < $2 as fits,
              case when before < $2 then envelope::text else '' end as envelope
       from (select *, sum(size) over (order by position rows unbounded preceding) - size as before
             from (select *, ${MOST_BYTES} as size from outbox where position = any ($1)) at) sized
       order by position`,
      [positions, MOST_READ_BYTES],
    );
    return { rows: found.filter(({ fits }) => fits), there: new Set(found.map(({ position }) => position)) };
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
    return deleted.length === positions.length ? positions : await this.goneOf(positions);
  }

  private async goneOf(positions: readonly number[]): Promise<readonly number[]> {
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
    return await this.goneOf(positions);
  }

  /** Moves delayed messages into the outbox whose time has come and is not before `from`. */
  async moveDue(from: number, limits: StepLimits): Promise<MovedDue> {
    const to = Math.min(from + limits.reach, Number.MAX_SAFE_INTEGER);
    const [step] = await this.on.query<{ found: number; moved: number; last: number | null; now: number }>(
      `with locked as (
         select id, due, pg_column_size(envelope) as size from outbox_later
         where due >= to_timestamp($1::float8 / 1000) and due <= least(now(), to_timestamp($2::float8 / 1000))
         order by due limit $3 for update skip locked),
       due as (
         delete from outbox_later where id = any (array(
           select id from (select id, sum(size) over (order by due, id rows unbounded preceding) - size as before
                           from locked) sized where before < $4)) returning *),
       moved as (
         insert into outbox (message_id, subject, aggregate, envelope, created_at)
         select message_id, subject, aggregate, envelope, created_at from due order by due.due, id
         on conflict do nothing)
       select (select count(*) from locked) as found, count(*) as moved,
              floor(extract(epoch from max(due.due)) * 1000)::float8 as last,
              floor(extract(epoch from now()) * 1000)::float8 as now from due`,
      [from, to, limits.rows, limits.bytes],
    );
    const { found = 0, moved = 0, last = null, now = 0 } = step ?? {};
    const cut = found === limits.rows || moved < found;
    return { moved, now, end: cut && last !== null ? last : to };
  }
}
