import type { Message, NatsRequest } from '#declare';
import type { DatabaseTransaction } from './database/database.ts';
import { formerEntryOf, handleOnceIn } from './database/inbox.ts';
import type { StartedDatabase } from './database/start-database.ts';
import type { OpenNats } from './events/connection.ts';
import type { AfterCommit, Delivery } from './events/delivery.ts';
import type { Consumption, Responder, Subscription } from './events/parts.ts';
import { publish, publishCore } from './events/publisher.ts';
import { measureRequests } from './events/request-metrics.ts';
import { sendRequest } from './events/request.ts';
import type { Metrics } from './http/metrics.ts';
import type { Stores } from './open-stores.ts';
import type { OutboxWriter } from './outbox/outbox-writer.ts';
import type { Relay } from './outbox/relay.ts';
import { rateLimiter } from './rate-limit.ts';
import type {
  AnyDeclaration,
  AnyService,
  ServiceCore,
  WithDatabase,
  WithNats,
  WithOutbox,
  WithRedis,
} from './service.ts';

/**
 * What a service offers to its parts: its stores, and what ties transactions, outbox, inbox and streams together. Of a store
 * that the declaration leaves out nothing is there.
 */
export function serviceFace(
  declaration: AnyDeclaration,
  { database, redis, nats }: Stores,
  relay: Relay | undefined,
  core: ServiceCore,
): AnyService {
  return {
    ...core,
    ...(nats === undefined ? {} : natsFace(declaration, nats, core.metrics)),
    ...(database === undefined ? {} : databaseFace(declaration, database, relay, nats !== undefined)),
    ...(redis === undefined ? {} : ({ redis, limiter: rateLimiter(redis, declaration.name) } satisfies WithRedis)),
  };
}

function databaseFace(
  declaration: AnyDeclaration,
  database: StartedDatabase,
  relay: Relay | undefined,
  publishes: boolean,
): WithDatabase | (WithDatabase & WithOutbox) {
  const outbox = database.outboxWriter(declaration.name, () => relay?.wake());
  const { db } = database;
  const face = { db, transaction: outbox.transactOn(db) };
  return publishes ? { ...face, ...outboxFace(declaration, database, outbox) } : face;
}

function natsFace(declaration: AnyDeclaration, nats: OpenNats, { registry }: Metrics): WithNats {
  const { name } = declaration;
  const onRequest = declaration.requests.length === 0 ? () => undefined : measureRequests(registry);
  return {
    nats,
    async publish(message, outgoing) {
      assertPublishes(declaration, message);
      return await publish(nats, name, message, outgoing);
    },
    publishCore(message, outgoing) {
      assertPublishes(declaration, message);
      publishCore(nats, name, message, outgoing);
    },
    consumer: (message, handler, options = {}) => ({
      ...{ message, options },
      handler: handler as unknown as Consumption['handler'],
    }),
    subscription: (message, handler) => ({
      message,
      handler: handler as unknown as Subscription['handler'],
    }),
    async request(request, outgoing) {
      assertRequests(declaration, request);
      return await sendRequest(nats, request, outgoing, onRequest);
    },
    responder: (request, handler) => ({ request, handler: handler as unknown as Responder['handler'] }),
  };
}

function outboxFace(declaration: AnyDeclaration, database: StartedDatabase, outbox: OutboxWriter): WithOutbox {
  const transact = outbox.transactOn(database.db);
  return {
    async enqueue(trx, message, outgoing) {
      assertPublishes(declaration, message);
      await outbox.enqueue(trx, message, outgoing);
    },
    transactionalConsumer: (message, effect, { groupCommit = false, ...options } = {}) => {
      const groups = groupCommit ? database.groups(transact) : undefined;
      return {
        message,
        options: groups === undefined ? options : { concurrency: () => groups.room, ...options },
        handler: async (delivery) => {
          let afterCommit: AfterCommit | void = undefined;
          const run = async (trx: DatabaseTransaction): Promise<void> => {
            afterCommit = await effect(delivery as unknown as Parameters<typeof effect>[0], trx);
          };
          const { durable, id } = delivery;
          const alone = async (): Promise<boolean> =>
            await transact(async (trx) => await handleOnceIn(trx, durable, id, run, formerEntryOf(delivery)));
          const first = await (groups?.handle(delivery, run) ?? alone());
          if (!first) {
            // an effect that ran in a group and was rolled back may turn out to be another process's
            delivery.log.debug('already handled');
            return;
          }
          await runAfterCommit(afterCommit, delivery);
        },
      };
    },
  };
}

/** The effect is committed, so the message is acknowledged whatever happens here. */
async function runAfterCommit(afterCommit: AfterCommit | void, delivery: Pick<Delivery, 'log'>): Promise<void> {
  try {
    await afterCommit?.();
  } catch (err) {
    // a logger is made when it is asked for, and most deliveries need none
    delivery.log.error({ err }, 'what follows the commit failed');
  }
}

function assertPublishes(declaration: AnyDeclaration, message: Message): void {
  if (declaration.publishes.includes(message)) return;
  throw new Error(`${declaration.name} does not publish ${message.subject}: add it to publishes of its declaration`);
}

function assertRequests(declaration: AnyDeclaration, request: NatsRequest): void {
  if (declaration.requests.includes(request)) return;
  throw new Error(`${declaration.name} does not request ${request.subject}: add it to requests of its declaration`);
}
