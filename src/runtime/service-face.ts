import type { Message } from '#declare';
import type { DatabaseTransaction } from './database/database.ts';
import { inboxGroups } from './database/inbox-groups.ts';
import { handleOnce } from './database/inbox.ts';
import { enqueue } from './database/outbox.ts';
import type { Relay } from './database/relay.ts';
import { publish, say } from './events/publisher.ts';
import type { Stores } from './open-stores.ts';
import type { Consumption, Hearing, PlatformDeclaration, Service } from './service.ts';

/** What of a {@link Service} its face adds to what is given. */
type Verbs = 'transaction' | 'enqueue' | 'publish' | 'say' | 'once' | 'each' | 'hear' | 'db' | 'redis' | 'nats';

/** What a service offers to its parts: its stores, and the verbs that tie transactions, outbox, inbox and streams together. */
export function serviceFace<D extends PlatformDeclaration, Tables>(
  declaration: D,
  { database: { db }, redis, nats }: Stores<Tables>,
  relay: Relay,
  rest: Omit<Service<D, Tables>, Verbs>,
): Service<D, Tables> {
  const { name } = declaration;
  /** Transactions with messages in the outbox. */
  const telling = new WeakSet<DatabaseTransaction<Tables>>();
  return {
    ...rest,
    ...{ db, redis, nats },
    async transaction(work) {
      let tells = false;
      const result = await db.transaction().execute(async (trx) => {
        const worked = await work(trx);
        tells = telling.has(trx);
        return worked;
      });
      if (tells) relay.wake();
      return result;
    },
    async enqueue(trx, message, outgoing) {
      assertPublishes(declaration, message);
      telling.add(trx);
      await enqueue(trx as unknown as Parameters<typeof enqueue>[0], name, message, outgoing);
    },
    async publish(message, outgoing) {
      assertPublishes(declaration, message);
      return await publish(nats, name, message, outgoing);
    },
    say(message, outgoing) {
      assertPublishes(declaration, message);
      say(nats, name, message, outgoing);
    },
    once: (message, effect, { inGroups = true, ...options } = {}) => {
      const groups = inGroups ? inboxGroups<Tables>(db, rest.log) : undefined;
      return {
        message,
        options: groups === undefined ? options : { concurrency: () => groups.room, ...options },
        handler: async (delivery) => {
          let tells = false;
          const run = async (trx: DatabaseTransaction<Tables>): Promise<void> => {
            await effect(trx, delivery as unknown as Parameters<typeof effect>[1]);
            tells = telling.has(trx);
          };
          const first = await (groups?.handle(delivery, run) ??
            handleOnce<Tables>(db, delivery.durable, delivery.id, run));
          if (tells) relay.wake();
          if (!first) delivery.log.debug('was handled before');
        },
      };
    },
    each: (message, handler, options = {}) => ({
      ...{ message, options },
      handler: handler as unknown as Consumption['handler'],
    }),
    hear: (message, handler) => ({ message, handler: handler as unknown as Hearing['handler'] }),
  };
}

function assertPublishes(declaration: PlatformDeclaration, message: Message): void {
  if (declaration.publishes.includes(message)) return;
  throw new Error(`${declaration.name} does not publish ${message.subject}: add it to publishes of its declaration`);
}
