import type { Message } from '#declare';
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
  return {
    ...rest,
    ...{ db, redis, nats },
    async transaction(work) {
      const result = await db.transaction().execute(work);
      relay.wake();
      return result;
    },
    async enqueue(trx, message, outgoing) {
      assertPublishes(declaration, message);
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
    once: (message, effect, options = {}) => ({
      message,
      options,
      handler: async (delivery) => {
        const first = await handleOnce<Tables>(db, delivery.durable, delivery.id, async (trx) => {
          await effect(trx, delivery as unknown as Parameters<typeof effect>[1]);
        });
        if (first) relay.wake();
        else delivery.log.debug('was handled before');
      },
    }),
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
