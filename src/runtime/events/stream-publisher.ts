/**
 * Publishes to streams and awaits the acknowledgement. The client's own way makes an error with its stack for each request,
 * to cancel what is over already, and a few objects besides; here all acknowledgements come to one inbox, each under a
 * number of its own. What is published in one turn of the event loop leaves in one write.
 */
import { createInbox, ErrorCode, headers, NatsError, type ApiError, type Msg, type NatsConnection } from 'nats';
import { currentContext } from '../spans.ts';
import type { TraceContext } from '../trace.ts';
import { DENIED, ExpectedDenials } from './expected-denials.ts';
import { appendContext } from './message-trace.ts';

/** That a stream keeps a message. */
export interface StreamAcknowledgement {
  /** Sequence of the message in the stream. */
  readonly sequence: number;
  /** Whether it had the message already, by its id. */
  readonly duplicate: boolean;
}

/** Publishes a message and resolves when a stream keeps it; throws a `NatsError` when none does, or none says so in time. */
export type StreamPublisher = (
  subject: string,
  messageId: string,
  bytes: Uint8Array,
  /** Trace context in its header. @default - that of what runs now */
  context?: TraceContext,
) => Promise<StreamAcknowledgement>;

/** A publisher, and what the connection tells it. */
export interface PublisherOnConnection {
  readonly publish: StreamPublisher;
  /** The server denied a subject. Returns false when nothing was published there: somebody else is meant. */
  denied(subject: string): boolean;
  /** The connection was lost: acknowledgements do not come any more. */
  disconnected(): void;
}

/** One that waits for its acknowledgement. */
interface Waiting {
  readonly subject: string;
  readonly fulfil: (acknowledgement: StreamAcknowledgement) => void;
  readonly fail: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** What a stream answers. */
interface Answer {
  readonly stream?: string;
  readonly seq: number;
  readonly duplicate?: boolean;
  readonly error?: ApiError;
}

const NO_RESPONDERS = 503;
const utf8 = new TextDecoder();

/** A publisher on a connection. Its inbox is subscribed to at the first message. */
export function streamPublisher(
  connection: NatsConnection,
  { inboxPrefix, timeoutMs }: { readonly inboxPrefix: string; readonly timeoutMs: number },
): PublisherOnConnection {
  const denials = new ExpectedDenials();
  const waiting = new Map<string, Waiting>();
  let inbox: string | undefined;
  let last = 0;
  let unsent: (() => void)[] = [];

  function subscribe(): string {
    const own = createInbox(inboxPrefix);
    connection.subscribe(`${own}.*`, {
      callback: (error, answer) => {
        if (error === null) settle(answer.subject.slice(own.length + 1), answer);
      },
    });
    return own;
  }

  function settle(number: string, answer: Msg): void {
    const one = waiting.get(number);
    if (one === undefined) return;
    waiting.delete(number);
    clearTimeout(one.timer);
    try {
      one.fulfil(acknowledgementOf(answer));
    } catch (error) {
      one.fail(error as Error);
    }
  }

  /** Has a message sent when the event loop has seen all that is ready. */
  function sendSoon(send: () => void): void {
    if (unsent.length === 0) {
      setImmediate(() => {
        const sending = unsent;
        unsent = [];
        for (const one of sending) one();
      });
    }
    unsent.push(send);
  }

  const publish: StreamPublisher = async (subject, messageId, bytes, context = currentContext()) =>
    await new Promise((fulfil, fail) => {
      const number = (last += 1).toString(36);
      const give = (error: Error): void => {
        clearTimeout(timer);
        waiting.delete(number);
        fail(error);
      };
      const timer = setTimeout(() => {
        denials.givenUp(subject);
        give(NatsError.errorForCode(ErrorCode.Timeout));
      }, timeoutMs);
      waiting.set(number, { subject, fulfil, fail, timer });
      sendSoon(() => {
        // the connection went in between: the client would send it after the reconnect, and nobody would wait for it
        if (!waiting.has(number)) return;
        try {
          inbox ??= subscribe();
          const own = headers();
          own.append('Nats-Msg-Id', messageId);
          if (context !== undefined) appendContext(own, context);
          connection.publish(subject, bytes, { reply: `${inbox}.${number}`, headers: own });
        } catch (error) {
          give(error as Error);
        }
      });
    });

  return {
    publish,
    denied(subject) {
      const failed = failWhere(
        waiting,
        (one) => one.subject === subject,
        new NatsError(DENIED, ErrorCode.PermissionsViolation),
      );
      return denials.came(subject, failed);
    },
    disconnected() {
      denials.clear();
      failWhere(waiting, () => true, NatsError.errorForCode(ErrorCode.Disconnect));
    },
  };
}

/** Fails some of those that wait. Returns how many. */
function failWhere(waiting: Map<string, Waiting>, isMeant: (one: Waiting) => boolean, error: NatsError): number {
  const meant = [...waiting].filter(([, one]) => isMeant(one));
  for (const [number, one] of meant) {
    waiting.delete(number);
    clearTimeout(one.timer);
    one.fail(error);
  }
  return meant.length;
}

/** Reads an answer; throws what the stream refused, or that there is no stream. */
function acknowledgementOf({ data, headers: own }: Msg): StreamAcknowledgement {
  if (data.length === 0 && own?.code === NO_RESPONDERS) throw NatsError.errorForCode(ErrorCode.NoResponders);
  const answer = JSON.parse(utf8.decode(data)) as Answer;
  if (answer.error !== undefined) throw refusal(answer.error);
  // anybody who subscribes to the subject may answer
  if (!answer.stream || !(answer.seq > 0)) throw NatsError.errorForCode(ErrorCode.JetStreamInvalidAck);
  return { sequence: answer.seq, duplicate: answer.duplicate === true };
}

function refusal(error: ApiError): NatsError {
  const refused = new NatsError(error.description, String(error.code));
  refused.api_error = error;
  return refused;
}
