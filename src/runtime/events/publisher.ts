import { decodeMessage, filterOf, type Message, type ReceivedMessage } from '#declare';
import { readyMessage, type Outgoing } from '../outbox/ready-message.ts';
import type { OutboxPublisher } from '../outbox/dispatch.ts';
import { PublishFailure, type FailureKind } from '../outbox/publish-failure.ts';
import { ErrorCode, NatsError } from 'nats';
import { textOf } from '../dependency.ts';
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

/** How the relay of an outbox publishes on a connection. */
export function outboxPublisherOn(link: OpenNats): OutboxPublisher {
  return {
    get connected() {
      return link.connected;
    },
    async publish({ subject, messageId, bytes }) {
      if (!SUBJECT.test(subject)) throw new PublishFailure('permanent', `invalid subject ${JSON.stringify(subject)}`);
      try {
        await publishBytes(link, subject, messageId, bytes);
      } catch (cause) {
        throw new PublishFailure(failureKind(cause), textOf(cause), { cause });
      }
    },
  };
}

/** A subject that can be published to; the client sends others as they are, and the server closes the connection. */
const SUBJECT = /^[^\s.*>\p{Cc}]+(\.[^\s.*>\p{Cc}]+)*$/u;
const AWAY: readonly string[] = [
  ErrorCode.Disconnect,
  ErrorCode.ConnectionClosed,
  ErrorCode.ConnectionDraining,
  ErrorCode.ConnectionRefused,
];
const PERMANENT: readonly string[] = [
  ErrorCode.PermissionsViolation,
  ErrorCode.MaxPayloadExceeded,
  ErrorCode.BadSubject,
  ErrorCode.BadHeader,
];
/** JetStream's code for a message that is larger than its stream allows. */
const TOO_LARGE = 10_054;

function failureKind(error: unknown): FailureKind {
  if (error instanceof DependencyError) return 'away';
  if (!(error instanceof NatsError)) return 'transient';
  if (AWAY.includes(error.code)) return 'away';
  return PERMANENT.includes(error.code) || error.api_error?.err_code === TOO_LARGE ? 'permanent' : 'transient';
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

async function publishBytes(
  link: OpenNats,
  subject: string,
  messageId: string,
  bytes: Uint8Array,
): Promise<StreamAcknowledgement> {
  // the client would keep it until the reconnect and then tell nobody how that went
  if (!link.connected) throw new DependencyError('nats', 'nats is away');
  return await link.publishToStream(subject, messageId, bytes);
}
