/** `node main.mjs outbox list | send <id …> | drop <id …>`: what a person does with messages that were parked. */
import { connectionConfig } from '../database/connection-config.ts';
import { RelayConnection, type Statements } from './relay-connection.ts';

export const OUTBOX_USAGE = `outbox list                    messages that were parked or put off, with the reason
outbox send <message id …>     publishes parked messages again; "all" stands for every one
outbox drop <message id …>     deletes parked messages; "all" stands for every one
`;

/** What the command did. */
export interface OutboxCommandResult {
  /** What it says on standard output. */
  readonly said: string;
  /** What was wrong, in one line; undefined when all was done. */
  readonly fault: string | undefined;
}

/** Rows that `list` shows at most. */
const MOST_LISTED = 1000;
/** Messages of one statement, and their bytes as PostgreSQL stores them: however many there are, each statement is short. */
const STEP_ROWS = 1000;
const STEP_BYTES = 4 * 1024 * 1024;
/** Messages after which it tells how far it is. */
const TELL_EVERY = 10_000;
const MOST_NAMED = 20;
const ALL = 'all';

/**
 * Runs the command on the outbox at an address; `tell` is told how far it is. Returns undefined for a usage that does not exist.
 */
export async function runOutboxCommand(
  database: { readonly url: string; readonly schema: string },
  [verb = '', ...ids]: readonly string[],
  tell: (progress: string) => void = () => undefined,
): Promise<OutboxCommandResult | undefined> {
  const connection = new RelayConnection(connectionConfig(database));
  try {
    if (verb === 'list' && ids.length === 0) return { said: await list(connection), fault: undefined };
    if (verb === 'send' && ids.length > 0)
      return await settle(connection, ids, { done: 'sent again', sql: SEND, tell });
    if (verb === 'drop' && ids.length > 0) return await settle(connection, ids, { done: 'dropped', sql: DROP, tell });
    return undefined;
  } finally {
    await connection.close();
  }
}

async function list(on: Statements): Promise<string> {
  const rows = await on.query<{ readonly line: string }>(
    `select concat_ws(E'\\t', state, message_id, subject, aggregate, attempts, at, reason) as line from (
       select 'parked' as state, message_id, subject, aggregate, '-' as attempts, parked_at as at, reason, position
       from outbox_parked
       union all
       select 'put off', message_id, subject, aggregate, attempts::text, next_at, reason, position
       from outbox_put_off join outbox using (position)) as waiting
     order by position limit $1`,
    [MOST_LISTED],
  );
  return rows.map(({ line }) => `${line}\n`).join('');
}

/** What is done with parked messages at the positions $1: they get a new one, which is the last of their aggregate. */
const SEND = `with gone as (delete from outbox_parked where position = any ($1) returning *),
  back as (insert into outbox (message_id, subject, aggregate, envelope, created_at)
    select message_id, subject, aggregate, envelope, created_at from gone order by position on conflict do nothing)
  select position from gone`;
const DROP = 'delete from outbox_parked where position = any ($1) returning position';

/** Which messages a step may take. */
interface Wanted {
  readonly ids: readonly string[] | undefined;
  /** Messages that are parked while the command runs are left out: it would send again without end what is refused again. */
  readonly upTo: number;
}

async function settle(
  on: Statements,
  ids: readonly string[],
  { done, sql, tell }: { readonly done: string; readonly sql: string; readonly tell: (progress: string) => void },
): Promise<OutboxCommandResult> {
  const [last] = await on.query<{ readonly position: number | null }>(
    'select max(position) as position from outbox_parked',
    [],
  );
  const wanted: Wanted = { ids: ids.includes(ALL) ? undefined : ids, upTo: last?.position ?? 0 };
  const found = new Set<string>();
  let count = 0;
  let told = 0;
  for (let from = 0; ;) {
    const step = await nextStep(on, wanted, from);
    const end = step.at(-1)?.position;
    if (end === undefined) break;
    count += (await on.query(sql, [step.map(({ position }) => position)])).length;
    if (wanted.ids !== undefined) step.forEach(({ id }) => found.add(id));
    from = end;
    if (count - told < TELL_EVERY) continue;
    told = count;
    tell(`${done}: ${count} so far\n`);
  }
  return { said: `${done}: ${count}\n`, fault: faultOf(wanted.ids?.filter((id) => !found.has(id)) ?? []) };
}

/** The next parked messages above a position; at least one, where there is one. */
async function nextStep(
  on: Statements,
  { ids, upTo }: Wanted,
  from: number,
): Promise<readonly { readonly position: number; readonly id: string }[]> {
  return await on.query(
    `select position, message_id as id from (
       select position, message_id,
              sum(bytes) over (order by position rows unbounded preceding) - bytes as before
       from (select position, message_id, pg_column_size(envelope) as bytes from outbox_parked
             where position > $1 and position <= $2 and ($3::text[] is null or message_id = any ($3))
             order by position limit $4) parked) sized
     where before < $5 order by position`,
    [from, upTo, ids ?? null, STEP_ROWS, STEP_BYTES],
  );
}

function faultOf(unknown: readonly string[]): string | undefined {
  if (unknown.length === 0) return undefined;
  const more = unknown.length > MOST_NAMED ? `, and ${unknown.length - MOST_NAMED} more` : '';
  const named = unknown.slice(0, MOST_NAMED).join(', ');
  return `not parked: ${named}${more}: take the ids from outbox list`;
}
