/** The other side of a service's messages and requests: what other services, and the provisioner, would do. */
import {
  durableName,
  requireStreamOf,
  subjectOf,
  type DataOf,
  type Message,
  type NatsRequest,
  type ReplyOf,
  type ServiceDeclaration,
  type Topology,
} from '#declare';
import { createLogger, type Outgoing, type OutgoingRequest, type Responder, type ResponderHandler } from '#runtime';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { provision } from '#runtime/events/provisioner';
import { publish, publishBytes, publishCore } from '#runtime/events/publisher';
import { sendRequest } from '#runtime/events/request';
import { startResponder, type RunningResponder } from '#runtime/events/responder';
import { setTimeout as pause } from 'node:timers/promises';
import { HeardMessages, type ReceivedOptions } from './heard-messages.ts';
import { natsAdmin, type Logins } from './logins.ts';

/** What a test does with the messages and requests of a service. */
export interface TestMessages {
  /** Publishes a message that the service receives, as another service would. A stream has stored it when this resolves. */
  publish<M extends Message>(message: M, outgoing: Outgoing<M>): Promise<void>;
  /**
   * The first message that the service published and that fits, since its start; each is returned once. Throws an `Error` that
   * lists the others when none comes in time, with the reasons of those that could not be read.
   */
  received<M extends Message>(message: M, options?: ReceivedOptions<M>): Promise<DataOf<M>>;
  /**
   * Resolves when the durables of the service have no message left: each was handled or became a dead letter. Throws an `Error`
   * that names the durables which still have some after 10 seconds, or what is said.
   */
  handled(options?: {
    /** @default 10 */
    readonly withinSeconds?: number;
  }): Promise<void>;
  /** Sends the service a request, as another service would. Throws a `RequestError` when no reply comes. */
  request<R extends NatsRequest>(request: R, outgoing: OutgoingRequest<R>): Promise<ReplyOf<R>>;
  /** Answers a request of the service, in place of the service that responds to it. */
  respond<R extends NatsRequest>(request: R, handler: ResponderHandler<R>): Promise<void>;
}

/** The same on an open connection. */
export interface TestNats extends TestMessages {
  stop(): Promise<void>;
}

/** A server, and who logs in to it. */
export interface NatsPlace {
  readonly url: string;
  /** Undefined for a server without users. */
  readonly logins: Logins | undefined;
}

const log = createLogger({ service: 'test', version: '0', level: 'silent' });
const DEADLINE_MS = 10_000;
const HANDLED_SECONDS = 10;
const PAUSE_MS = 20;
const encoder = new TextEncoder();

/** Makes the streams and durables of a topology, and listens to what a service publishes. */
export async function openTestNats(
  place: NatsPlace,
  declaration: ServiceDeclaration,
  topology: Topology,
): Promise<TestNats> {
  const links = await Promise.all([adminOf(place), adminOf(place, declaration.name)]);
  const [hub, own] = links;
  const responders: RunningResponder[] = [];
  const heard = new HeardMessages();
  await provision(hub, topology);
  for (const message of declaration.publishes) heard.listen(own, message);
  await own.connection.flush();
  return {
    async publish(message, outgoing) {
      const source = topology.services.find(({ publishes }) => publishes.includes(message))?.name ?? 'test';
      await publishAs(source, message.delivery === 'core' ? own : hub, message, outgoing);
    },
    async received(message, options = {}) {
      if (!declaration.publishes.includes(message)) {
        throw new Error(
          `${declaration.name} does not publish ${message.subject}: add it to publishes of its declaration`,
        );
      }
      return await heard.next(message, options);
    },
    handled: async ({ withinSeconds = HANDLED_SECONDS } = {}) =>
      await untilHandled(hub, declaration, topology, withinSeconds),
    request: async (request, outgoing) => await sendRequest(own, request, outgoing, () => undefined),
    async respond(request, handler) {
      const responder = { request, handler: handler as unknown as Responder['handler'] };
      responders.push(startResponder({ link: own, service: 'test', responder, log }));
      await own.connection.flush();
    },
    async stop() {
      await Promise.all(responders.map(async (responder) => await responder.stop(0)));
      await Promise.all(links.map(async (link) => await link.close()));
    },
  };
}

async function adminOf({ url, logins }: NatsPlace, service?: string): Promise<OpenNats> {
  return await openNats({
    ...(logins === undefined ? {} : { user: natsAdmin(service), password: logins.adminPassword }),
    ...{ url, name: 'test', inboxPrefix: '_INBOX_test', deadlineMs: DEADLINE_MS, log },
    onFatal: () => undefined,
  });
}

async function publishAs<M extends Message>(
  source: string,
  link: OpenNats,
  message: M,
  outgoing: Outgoing<M>,
): Promise<void> {
  if (message.external) {
    const subject = subjectOf<string>(message.subject, outgoing.values ?? {});
    const bytes = encoder.encode(JSON.stringify(outgoing.data));
    if (message.delivery === 'core') link.connection.publish(subject, bytes);
    else await publishBytes(link, subject, outgoing.id ?? crypto.randomUUID(), bytes, undefined);
  } else if (message.delivery === 'core') publishCore(link, source, message, outgoing);
  else await publish(link, source, message, outgoing);
  if (message.delivery === 'core') await link.connection.flush();
}

/** The server tells nobody when a durable has nothing left, so it is asked. */
async function untilHandled(
  hub: OpenNats,
  declaration: ServiceDeclaration,
  topology: Topology,
  withinSeconds: number,
): Promise<void> {
  const manager = await hub.connection.jetstreamManager({ checkAPI: false });
  const deadline = performance.now() + withinSeconds * 1000;
  const leftOf = async (): Promise<string[]> => {
    const left = declaration.consumes.map(async (consumer) => {
      const durable = durableName(declaration.name, consumer);
      const info = await manager.consumers.info(requireStreamOf(consumer.message, topology).name, durable);
      const count = info.num_pending + info.num_ack_pending;
      return count === 0 ? [] : [`${durable} has ${count}`];
    });
    return (await Promise.all(left)).flat();
  };
  for (let left = await leftOf(); left.length > 0; left = await leftOf()) {
    if (performance.now() > deadline) {
      throw new Error(`messages are left after ${withinSeconds} s: ${left.join(', ')}`);
    }
    await pause(PAUSE_MS);
  }
}
