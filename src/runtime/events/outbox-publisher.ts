/** How the relay of an outbox publishes, and which of NATS's errors mean what to it. Loaded with the client, where there is one. */
import { ErrorCode, NatsError } from 'nats';
import { textOf } from '../dependency.ts';
import type { OutboxPublisher } from '../outbox/dispatch.ts';
import { PublishFailure, type FailureKind } from '../outbox/publish-failure.ts';
import { DependencyError } from '../unavailable.ts';
import { sendInSpan, type SpanFacts } from '../spans.ts';
import { contextOfFields, type TraceContext } from '../trace.ts';
import type { OpenNats } from './connection.ts';
import { publishFacts } from './message-trace.ts';
import { publishBytes } from './publisher.ts';

/** How the relay of an outbox publishes on a connection. */
export function outboxPublisherOn(link: OpenNats): OutboxPublisher {
  return {
    get connected() {
      return link.connected;
    },
    async publish({ subject, messageId, envelope, bytes }) {
      if (!SUBJECT.test(subject)) throw new PublishFailure('permanent', `invalid subject ${JSON.stringify(subject)}`);
      try {
        // the request or message that wrote it is over by now, and still its parent
        const parent = contextOfFields(envelope.traceparent, envelope.tracestate);
        const facts = (): SpanFacts => publishFacts(envelope.type, subject, bytes.length, messageId);
        const send = async (context: TraceContext | undefined) =>
          await publishBytes(link, subject, messageId, bytes, context);
        await sendInSpan(parent, facts, send);
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
