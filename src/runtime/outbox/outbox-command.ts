/** `node main.mjs outbox list | send <id …> | drop <id …>`: what a person does with messages that were parked. */
import { connectionConfig } from '../database/connection-config.ts';
import { RelayConnection, type Statements } from './relay-connection.ts';

export const OUTBOX_USAGE = `outbox list                    messages that were parked or put off, with the reason
outbox send <message id …>     publishes parked messages again; "all" stands for every one
outbox drop <message id …>     deletes parked messages; "all" stands for every one
`;

/** Rows that `list` shows at most. */
const MOST_LISTED = 1000;

/** Runs the command on the outbox at an address. Returns what it says, or undefined for a usage that does not exist. */
export async function runOutboxCommand(
  database: { readonly url: string; readonly schema: string },
  [verb = '', ...ids]: readonly string[],
): Promise<string | undefined> {
  const connection = new RelayConnection(connectionConfig(database));
  try {
    if (verb === 'list' && ids.length === 0) return await list(connection);
    if (verb === 'send' && ids.length > 0) return `sent again: ${await send(connection, ids)}\n`;
    if (verb === 'drop' && ids.length > 0) return `dropped: ${await drop(connection, ids)}\n`;
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

/** A new position: it is the last of its aggregate now. */
async function send(on: Statements, ids: readonly string[]): Promise<number> {
  const rows = await on.query(
    `with back as (delete from outbox_parked where message_id = any ($1) or 'all' = any ($1) returning *)
     insert into outbox (message_id, subject, aggregate, envelope, created_at)
     select message_id, subject, aggregate, envelope, created_at from back order by back.position
     on conflict do nothing returning position`,
    [ids],
  );
  return rows.length;
}

async function drop(on: Statements, ids: readonly string[]): Promise<number> {
  const rows = await on.query(
    `delete from outbox_parked where message_id = any ($1) or 'all' = any ($1) returning position`,
    [ids],
  );
  return rows.length;
}
