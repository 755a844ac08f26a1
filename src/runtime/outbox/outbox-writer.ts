/**
 * Writes messages into the outbox. `enqueue` collects the messages of a transaction; one statement writes all of them as the
 * last of that transaction. It locks the aggregates first and numbers the messages then, so the order of an aggregate's
 * messages is the order of commits. Taken earlier, these locks would be held for the whole transaction, and two transactions
 * that lock in different orders would deadlock.
 */
import type { Message } from '#declare';
import type { Kysely, Transaction } from 'kysely';
import { againOnConflict } from '../database/conflicts.ts';
import type { RuntimeTables } from '../database/runtime-tables.ts';
import { insertMessages, type CollectedMessage } from './insert-messages.ts';
import { readyMessage, type Outgoing } from './ready-message.ts';
import { SavepointMarks } from './savepoint-marks.ts';

/** A message for the outbox. */
export type Enqueued<M extends Message> = Outgoing<M> & {
  /** Publishes it at this time or soon after. A delayed message has no order among others. @default - at once */
  readonly notBefore?: Date;
};

/** Runs work in a transaction that ends by writing its messages. */
export type Transact<Tables> = <T>(work: (trx: Transaction<Tables & RuntimeTables>) => Promise<T>) => Promise<T>;

/** Writes the messages of one service. */
export class OutboxWriter {
  private readonly source: string;
  private readonly onCommit: () => void;
  /** Messages of the transactions that run now. */
  private readonly running = new WeakMap<object, CollectedMessage[]>();

  /** `onCommit` is called after each commit that wrote messages. */
  constructor(source: string, onCommit: () => void) {
    this.source = source;
    this.onCommit = onCommit;
  }

  /** Transactions on a database; one that met another one runs again, so what it does besides may happen twice. */
  transactOn<Tables>(db: Kysely<Tables & RuntimeTables>): Transact<Tables> {
    const once: Transact<Tables> = async (work) => {
      const messages: CollectedMessage[] = [];
      const result = await db.transaction().execute(async (opened) => {
        const trx = opened.withPlugin(new SavepointMarks(opened, messages));
        this.running.set(trx, messages);
        const worked = await work(trx);
        this.running.delete(trx);
        await insertMessages(opened, messages);
        return worked;
      });
      if (messages.length > 0) this.onCommit();
      return result;
    };
    return async (work) => await againOnConflict(async () => await once(work));
  }

  /**
   * Has a message written with its transaction. In a transaction that was not opened here, it is written at once, and its
   * aggregate is locked from then on. Throws a `MessageError` for data that the message does not allow.
   */
  async enqueue<M extends Message, Tables>(
    trx: Transaction<Tables & RuntimeTables>,
    message: M,
    outgoing: Enqueued<M>,
  ): Promise<void> {
    const { notBefore } = outgoing;
    if (notBefore !== undefined && Number.isNaN(notBefore.getTime())) {
      throw new Error(`message ${message.subject}: notBefore is an invalid date`);
    }
    const { subject, messageId, envelope } = readyMessage(this.source, message, outgoing);
    const { aggregate } = outgoing;
    const collected = { messageId, subject, aggregate, envelope: JSON.stringify(envelope), notBefore };
    const messages = this.running.get(trx);
    if (messages === undefined) await insertMessages(trx, [collected]);
    else messages.push(collected);
  }
}
