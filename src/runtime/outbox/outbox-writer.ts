/**
 * Writes messages into the outbox. `enqueue` collects the messages of a transaction; one statement writes all of them as the
 * last of that transaction. It locks the aggregates first and numbers the messages then, so the order of an aggregate's
 * messages is the order of commits. Taken earlier, these locks would be held for the whole transaction, and two transactions
 * that lock in different orders would deadlock.
 */
import type { Message } from '#declare';
import type { DatabaseConnection, Kysely, Transaction } from 'kysely';
import { againOnConflict } from '../database/conflicts.ts';
import type { RuntimeTables } from '../database/runtime-tables.ts';
import { CollectedMessages } from './collected-messages.ts';
import { insertMessages } from './insert-messages.ts';
import { readyMessage, type Outgoing } from './ready-message.ts';

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
  /** Connections of the transactions that run now. */
  private readonly running = new Set<DatabaseConnection>();

  /** `onCommit` is called after each commit that wrote messages. */
  constructor(source: string, onCommit: () => void) {
    this.source = source;
    this.onCommit = onCommit;
  }

  /** Transactions on a database; one that met another one runs again, so what it does besides may happen twice. */
  transactOn<Tables>(db: Kysely<Tables & RuntimeTables>): Transact<Tables> {
    const once: Transact<Tables> = async (work) => {
      const { result, wrote } = await db.transaction().execute(async (opened) => await this.collect(opened, work));
      if (wrote) this.onCommit();
      return result;
    };
    return async (work) => await againOnConflict(async () => await once(work));
  }

  private async collect<Tables, T>(
    opened: Transaction<Tables & RuntimeTables>,
    work: (trx: Transaction<Tables & RuntimeTables>) => Promise<T>,
  ): Promise<{ readonly result: T; readonly wrote: boolean }> {
    const collected = new CollectedMessages(opened);
    const connection = await connectionOf(opened);
    this.running.add(connection);
    try {
      const result = await work(opened.withPlugin(collected));
      collected.open = false;
      await insertMessages(opened, collected.messages);
      return { result, wrote: collected.messages.length > 0 };
    } finally {
      this.running.delete(connection);
    }
  }

  /**
   * Has a message written with its transaction. In a transaction that was not opened here, it is written at once, and its
   * aggregate is locked from then on. Throws a `MessageError` for data that the message does not allow, and where a transaction
   * of `transaction` has lost the plugin that collects its messages.
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
    const collecting = CollectedMessages.of(trx);
    if (collecting?.open === true) {
      collecting.messages.push(collected);
      return;
    }
    if (collecting === undefined && this.running.has(await connectionOf(trx))) throw new Error(PLUGINS_LOST);
    await insertMessages(trx, [collected]);
  }
}

const PLUGINS_LOST =
  'enqueue got a transaction of `transaction` without its plugins, so the message would be written before those that wait for the commit: pass the transaction that was not changed by withoutPlugins()';

async function connectionOf(trx: Pick<Transaction<unknown>, 'getExecutor'>): Promise<DatabaseConnection> {
  return await trx.getExecutor().provideConnection(async (connection) => await Promise.resolve(connection));
}
