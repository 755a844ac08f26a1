/** Six places of outbox and inbox at which a process can kill itself, found by what it says to PostgreSQL and NATS. */
import { Socket } from 'node:net';
import pg from 'pg';

/** Where a process dies. */
export const KILL_PLACES = [
  'before the commit',
  'after the commit, before the publish',
  'after the publish, before the delete',
  'in the handler, before the commit',
  'after the commit, before the acknowledgement',
  'after the acknowledgement',
] as const;

export type KillPlace = (typeof KILL_PLACES)[number];

/** Kills this process when it comes to the place for the `nth` time. */
export function killAt(place: KillPlace, nth: number): void {
  let left = nth;
  const here = (reached: KillPlace): void => {
    if (reached !== place) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
  watchStatements(here);
  watchAcknowledgements(here);
}

type Here = (reached: KillPlace) => void;

/** A transaction is that of a writer or of a consumer by what it inserted last. */
function watchStatements(here: Here): void {
  const wrote = new WeakMap<object, 'outbox' | 'inbox'>();
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function watched(this: object, ...args: unknown[]): unknown {
    const text = textOf(args[0]);
    const table = /insert into "?(outbox|inbox)\b"?/.exec(text)?.[1];
    if (table === 'outbox' || table === 'inbox') wrote.set(this, table);
    if (text.startsWith('delete from outbox where')) here('after the publish, before the delete');
    if (text !== 'commit') return query.apply(this, args);
    const table_ = wrote.get(this);
    wrote.delete(this);
    if (table_ === 'outbox') here('before the commit');
    if (table_ === 'inbox') here('in the handler, before the commit');
    const answer = query.apply(this, args) as Promise<unknown>;
    void answer.then(
      () => {
        if (table_ === 'outbox') here('after the commit, before the publish');
        if (table_ === 'inbox') here('after the commit, before the acknowledgement');
      },
      () => undefined,
    );
    return answer;
  };
}

function watchAcknowledgements(here: Here): void {
  const prototype = Socket.prototype as unknown as { write: (...args: unknown[]) => unknown };
  const { write } = prototype;
  prototype.write = function watched(this: object, ...args: unknown[]): unknown {
    const [bytes] = args;
    const isAck = bytes instanceof Uint8Array && Buffer.from(bytes).includes('+ACK');
    const written = write.apply(this, args);
    // the kernel has it: it is sent whatever becomes of the process
    if (isAck) setImmediate(() => here('after the acknowledgement'));
    return written;
  };
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query.trim();
  const { text } = query as { readonly text?: unknown };
  return typeof text === 'string' ? text.trim() : '';
}
