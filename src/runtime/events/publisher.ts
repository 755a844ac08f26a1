import { decodeMessage, filterOf, type Message, type ReceivedMessage } from '#declare';
import { readyMessage, type Outgoing } from '../outbox/ready-message.ts';
import type { Logger } from '../log.ts';
import { beginSending, beginStep, currentContext, errorType, sendInSpan } from '../spans.ts';
import type { TraceContext } from '../trace.ts';
import { DependencyError } from '../unavailable.ts';
import type { OpenNats } from './connection.ts';
import { contextFields, processFacts, publishFacts, receivedContext } from './message-trace.ts';
import type { StreamAcknowledgement } from './stream-publisher.ts';

/** Publishes to a stream and resolves when it is kept; a second message of the same id within the stream's window is dropped. */
export async function publish<M extends Message>(
  link: OpenNats,
  source: string,
  message: M,
  outgoing: Outgoing<M>,
): Promise<StreamAcknowledgement> {
  const { subject, messageId, bytes } = readyMessage(source, message, outgoing);
  const facts = () => publishFacts(message.subject, subject, bytes.length, messageId);
  return await sendInSpan(
    currentContext(),
    facts,
    async (context) => await publishBytes(link, subject, messageId, bytes, context),
  );
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
  const { context, end } = beginSending(currentContext(), () => publishFacts(message.subject, subject, bytes.length));
  try {
    link.connection.publish(subject, bytes, context && { headers: link.headersOf(contextFields(context)) });
  } finally {
    end();
  }
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
      const step = beginStep(received.subject, receivedContext(received), () =>
        processFacts(message.subject, received),
      );
      const handle = async (): Promise<void> => {
        await handler({ ...decodeMessage(message, received.data), subject: received.subject });
      };
      step.run(handle).then(
        () => step.end(),
        (err: unknown) => {
          step.end({ error: errorType(err) });
          log.error({ err, subject: received.subject }, 'a core NATS message could not be handled');
        },
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
  context: TraceContext | undefined,
): Promise<StreamAcknowledgement> {
  // the client would keep it until the reconnect and then tell nobody how that went
  if (!link.connected) throw new DependencyError('nats', 'nats is away');
  return await link.publishToStream(subject, messageId, bytes, context);
}
