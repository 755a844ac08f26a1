import { decodeMessage, filterOf, type Message, type ReceivedMessage } from '#declare';
import { readyMessage, type Outgoing } from '../outbox/ready-message.ts';
import type { Logger } from '../log.ts';
import { nextTraceparent, runInTrace } from '../trace.ts';
import { DependencyError } from '../unavailable.ts';
import type { OpenNats } from './connection.ts';
import type { StreamAcknowledgement } from './stream-publisher.ts';

/** Publishes to a stream and resolves when it is kept; a second message of the same id within the stream's window is dropped. */
export async function publish<M extends Message>(
  link: OpenNats,
  source: string,
  message: M,
  outgoing: Outgoing<M>,
): Promise<StreamAcknowledgement> {
  const { subject, messageId, bytes } = readyMessage(source, message, outgoing);
  return await publishBytes(link, subject, messageId, bytes);
}

/** Publishes a core message: at most once, to the subscriptions there are now. Dropped while the connection is away. */
export function publishCore<M extends Message>(
  link: OpenNats,
  source: string,
  message: M,
  outgoing: Outgoing<M>,
): void {
  if (!link.connected) return;
  const { subject, bytes } = readyMessage(source, message, outgoing);
  link.connection.publish(subject, bytes);
}

/** Subscribes to a core message. A handler that throws is logged, a message that cannot be read is dropped. Returns what ends it. */
export function subscribe<M extends Message>(
  link: OpenNats,
  message: M,
  handler: (received: ReceivedMessage & { readonly subject: string } & TypedMessage<M>) => Promise<void> | void,
  log: Logger,
): () => void {
  const subscription = link.connection.subscribe(filterOf(message.subject), {
    callback: (error, received) => {
      if (error) return log.error({ err: error, subject: message.subject }, 'a subscription ended');
      void (async () => {
        const read = decodeMessage(message, received.data);
        const traceparent = nextTraceparent(read.envelope?.traceparent);
        const trace = { requestId: received.subject, traceparent };
        await runInTrace(trace, async () => await handler({ ...read, subject: received.subject }));
      })().catch((err: unknown) =>
        log.error({ err, subject: received.subject }, 'a core NATS message could not be handled'),
      );
    },
  });
  return () => subscription.unsubscribe();
}

type TypedMessage<M extends Message> = ReturnType<typeof decodeMessage<M>>;

/** Publishes what is encoded already. */
export async function publishBytes(
  link: OpenNats,
  subject: string,
  messageId: string,
  bytes: Uint8Array,
): Promise<StreamAcknowledgement> {
  // the client would keep it until the reconnect and then tell nobody how that went
  if (!link.connected) throw new DependencyError('nats', 'nats is away');
  return await link.publishToStream(subject, messageId, bytes);
}
