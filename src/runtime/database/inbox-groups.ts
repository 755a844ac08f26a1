/**
 * Group commit of a transactional consumer. Concurrent deliveries of one durable share a transaction: one insert of all their
 * inbox entries, the effects one after another in the order of the stream, one commit. While some run, what arrives
 * gathers for the next. A group is no larger than what takes a moment, so slow effects run alone, side by side.
 *
 * When anything of a group fails, all of it is rolled back and each delivery runs alone, as it would without groups: a bad
 * message fails by itself, and only a failure alone counts. Two groups, of two processes, could each hold a row that the other
 * needs, so a group does not wait long for a lock. After a failure, the durable runs alone for a while. A group that takes long
 * all the same commits what it has done and leaves the rest to run alone.
 */
import { AsyncResource } from 'node:async_hooks';
import { sql, type Transaction } from 'kysely';
import type { Logger } from '../log.ts';
import type { Transact } from '../outbox/outbox-writer.ts';
import { GroupSize } from './group-size.ts';
import { formerEntryOf, handleOnceIn } from './inbox.ts';
import type { RuntimeTables } from './runtime-tables.ts';

/** A delivery as the inbox sees it. */
export interface InboxEntry {
  /** Name of the durable; the same for all that could share a group. */
  readonly durable: string;
  /** Id of the message. */
  readonly id: string;
  /** Id under which earlier versions know it, and when it was stored, for a message whose id has another form now. */
  readonly formerId?: string | undefined;
  readonly storedAt?: Date;
  readonly streamSequence: number;
  /** Aborts when the service ends and waits no longer: what has not begun then is refused. */
  readonly signal: AbortSignal;
  /** Called when it has to wait longer than it would without groups. */
  working(): void;
}

/** What a delivery changes, in a transaction that it may share with others. */
export type Effect<Tables> = (trx: Transaction<Tables & RuntimeTables>) => Promise<void>;

/** Groups of one durable. */
export interface InboxGroups<Tables> {
  /** Resolves after the commit; with false when the effect was there already. */
  handle(entry: InboxEntry, effect: Effect<Tables>): Promise<boolean>;
  /** Deliveries that are of use at once, at this moment. */
  readonly room: number;
}

/** A delivery that waits for its effect. */
interface Turn<Tables> {
  readonly entry: InboxEntry;
  readonly effect: Effect<Tables>;
  readonly resolve: (first: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** What a group did for a delivery. */
interface Outcome<Tables> {
  readonly turn: Turn<Tables>;
  /** Whether its effect ran; undefined where it has to run alone. */
  readonly first: boolean | undefined;
}

/** Transactions at once, as many as without groups; each takes a connection. */
const PLACES = 8;
const MOST_AT_ONCE = 64;
/** With so many transactions running, a group that is not full waits a moment for more. */
const BUSY = 2;
const GATHER_MS = 5;
/** A group begins no effect after this. */
const LONG_MS = 200;
/** Well below the second after which PostgreSQL looks for a deadlock. */
const LOCK_MS = 100;

/** Gathers the deliveries of one durable into groups. */
export function inboxGroups<Tables>(transact: Transact<Tables>, log: Logger): InboxGroups<Tables> {
  return new GroupCommit(transact, log);
}

class GroupCommit<Tables> implements InboxGroups<Tables> {
  private readonly transact: Transact<Tables>;
  private readonly log: Logger;
  private readonly size = new GroupSize();
  private readonly waiting: Turn<Tables>[] = [];
  private readonly solitary: Turn<Tables>[] = [];
  private running = 0;
  private beginning = false;
  private gathering: NodeJS.Timeout | undefined;

  constructor(transact: Transact<Tables>, log: Logger) {
    this.transact = transact;
    this.log = log;
  }

  async handle(entry: InboxEntry, effect: Effect<Tables>): Promise<boolean> {
    return await new Promise<boolean>((resolve, reject) => {
      // the trace of an effect is that of its own delivery
      // one with two ids is looked for under both, which a group does not
      const queue = entry.formerId === undefined ? this.waiting : this.solitary;
      queue.push({ entry, effect: AsyncResource.bind(effect), resolve, reject });
      this.beginSoon();
    });
  }

  get room(): number {
    return Math.min(PLACES * this.size.now(), MOST_AT_ONCE);
  }

  /** Begins when all that this turn of the event loop brings is there. */
  private beginSoon(): void {
    if (this.beginning) return;
    this.beginning = true;
    setImmediate(() => {
      this.beginning = false;
      this.begin();
    });
  }

  private begin(gathered = false): void {
    while (this.running < PLACES) {
      const turn = this.solitary.shift();
      if (turn === undefined) break;
      void this.occupy(this.runAlone(turn));
    }
    const size = this.size.now();
    while (this.running < PLACES && this.waiting.length > 0) {
      if (this.waiting.length < size && this.running >= BUSY && !gathered) {
        this.gathering ??= setTimeout(() => {
          this.gathering = undefined;
          this.begin(true);
        }, GATHER_MS);
        return;
      }
      const [first, ...others] = takeGroup(this.waiting, size);
      if (first === undefined) continue;
      void this.occupy(others.length === 0 ? this.runAlone(first) : this.runGroup([first, ...others]));
    }
  }

  private async occupy(work: Promise<void>): Promise<void> {
    this.running += 1;
    await work;
    this.running -= 1;
    this.beginSoon();
  }

  private async runGroup(turns: readonly Turn<Tables>[]): Promise<void> {
    try {
      const { outcomes, msEach } = await this.transact(async (trx) => await runEffects(trx, turns));
      for (const { turn, first } of outcomes) {
        if (first === undefined) this.putApart(turn);
        else turn.resolve(first);
      }
      this.size.worked(msEach);
    } catch (err) {
      const durable = turns[0]?.entry.durable;
      this.log.debug({ err, durable, deliveries: turns.length }, 'a group failed, running each effect alone');
      turns.forEach((turn) => this.putApart(turn));
      this.size.failed();
    }
  }

  /** Has a delivery of a group run alone; it has waited in vain, so its time to acknowledge starts again. */
  private putApart(turn: Turn<Tables>): void {
    this.solitary.push(turn);
    try {
      turn.entry.working();
    } catch (err) {
      this.log.debug({ err, durable: turn.entry.durable }, 'the ack wait could not be extended');
    }
  }

  private async runAlone({ entry, effect, resolve, reject }: Turn<Tables>): Promise<void> {
    const timed: Effect<Tables> = async (trx) => {
      const startedAt = performance.now();
      await effect(trx);
      this.size.learn(performance.now() - startedAt);
    };
    try {
      entry.signal.throwIfAborted();
      const { durable, id } = entry;
      const former = formerEntryOf(entry);
      resolve(await this.transact(async (trx) => await handleOnceIn(trx, durable, id, timed, former)));
    } catch (error) {
      reject(error);
    }
  }
}

/** The first that wait, in the order of the stream; a message that is there twice comes in once, the other has to wait. */
function takeGroup<Tables>(waiting: Turn<Tables>[], size: number): readonly Turn<Tables>[] {
  const group = new Map<string, Turn<Tables>>();
  const rest: Turn<Tables>[] = [];
  for (const turn of waiting.splice(0)) {
    if (group.size < size && !group.has(turn.entry.id)) group.set(turn.entry.id, turn);
    else rest.push(turn);
  }
  waiting.push(...rest);
  return [...group.values()].sort((a, b) => a.entry.streamSequence - b.entry.streamSequence);
}

/** Enters the messages of a group and runs the effects of those that are new, until it has taken long. */
async function runEffects<Tables>(
  trx: Transaction<Tables & RuntimeTables>,
  turns: readonly Turn<Tables>[],
): Promise<{ readonly outcomes: readonly Outcome<Tables>[]; readonly msEach: number }> {
  const { durable = '' } = turns[0]?.entry ?? {};
  const fresh = await enter(trx, durable, turns.map(({ entry }) => entry.id).sort());
  const startedAt = performance.now();
  const outcomes: Outcome<Tables>[] = [];
  const left: string[] = [];
  for (const turn of turns) {
    const { entry, effect } = turn;
    const isNew = fresh.has(entry.id);
    const later = isNew && (entry.signal.aborted || performance.now() - startedAt > LONG_MS);
    if (later) left.push(entry.id);
    else if (isNew) await effect(trx);
    outcomes.push({ turn, first: later ? undefined : isNew });
  }
  const msEach = (performance.now() - startedAt) / turns.length;
  if (left.length > 0) {
    await sql`delete from inbox where consumer = ${durable} and message_id = any(${left})`.execute(trx);
  }
  return { outcomes, msEach };
}

/** Enters messages into the inbox; gives those that were not there. */
async function enter<Tables>(
  trx: Transaction<Tables & RuntimeTables>,
  durable: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  // the condition holds for every row: it sets how long this transaction waits for a lock, before it may have to
  const { rows } = await sql<{ readonly message_id: string }>`
    insert into inbox (consumer, message_id) select ${durable}::text, unnest(${ids}::text[])
    where set_config('lock_timeout', ${String(LOCK_MS)}, true) is not null
    on conflict (consumer, message_id) do nothing returning message_id`.execute(trx);
  return new Set(rows.map(({ message_id }) => message_id));
}
