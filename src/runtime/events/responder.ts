/**
 * Answers one request, in the queue group of the service, so that one replica does. The server permits one reply to each
 * request, for as long as the declaration says. After that nothing is sent: a caller that has gone is not replied to.
 */
import { filterOf, MessageError, queueGroup, type NatsRequest } from '#declare';
import type { Msg, Subscription } from 'nats';
import { endsWithin } from '../ends-within.ts';
import type { Logger } from '../log.ts';
import { beginStep } from '../spans.ts';
import { unavailabilityOf, type Unavailability } from '../unavailable.ts';
import type { OpenNats } from './connection.ts';
import { RequestRefusal } from './errors.ts';
import { contextInHeader, requestFacts } from './message-trace.ts';
import type { Responder } from './parts.ts';
import { Patience, ReadRequest } from './received-request.ts';
import { ReplySender, type Refused, type ResponseOutcome, type Verdict } from './reply-sender.ts';
import { allowedMs, decodeQuestion, encodeReply, readHeader, refusalFor, type ReceivedHeader } from './request-wire.ts';

/** What {@link startResponder} needs. */
export interface ResponderOptions {
  readonly link: OpenNats;
  /** Name of the service, and of its queue group. */
  readonly service: string;
  readonly responder: Responder;
  readonly log: Logger;
  /** Called after each request. @default - nothing */
  readonly onOutcome?: (subject: string, outcome: ResponseOutcome, seconds: number) => void;
  /** Called when a handler met a store that is away. @default - nothing */
  readonly onTrouble?: (trouble: Unavailability) => void;
}

/** A responder that is subscribed. */
export interface RunningResponder {
  /** Subject pattern of its request. */
  readonly subject: string;
  /** Requests whose handlers run. */
  readonly running: number;
  /**
   * Takes no more requests; resolves when running handlers have ended and replied. After `patienceMs` they are asked to end
   * by their signal.
   */
  stop(patienceMs: number): Promise<void>;
}

/** The server has a bound, and one that has just gone must not hold up the end. */
const DRAIN_MS = 2000;

/** Subscribes to a request and answers it until it is stopped. */
export function startResponder(options: ResponderOptions): RunningResponder {
  const { link, service, log, onOutcome } = options;
  const { request } = options.responder;
  const running = new Map<Promise<void>, Patience>();
  const replies = new ReplySender(link, request, log);

  async function respond(message: Msg, { headers, fault }: ReceivedHeader, patience: Patience): Promise<void> {
    const startedAt = performance.now();
    const step = beginStep(message.subject, contextInHeader(headers), () =>
      requestFacts('SERVER', request.subject, message),
    );
    const verdict =
      fault === undefined
        ? await step.run(async () => await verdictOn(message, patience, options))
        : refused('invalid', fault.message, fault);
    patience.settled();
    const outcome = replies.send(message, verdict, patience);
    step.end({ error: outcome === 'failed' || outcome === 'unavailable' ? outcome : undefined });
    onOutcome?.(request.subject, outcome, (performance.now() - startedAt) / 1000);
  }

  const subscription = link.connection.subscribe(filterOf(request.subject), {
    queue: queueGroup({ name: service }),
    callback: (error, message) => {
      if (error !== null) return log.error({ err: error, request: request.subject }, 'a responder ended');
      if (!message.reply) return log.warn({ request: request.subject }, 'a request without a reply subject is dropped');
      const header = readHeader(message);
      const patience = new Patience(allowedMs(request, header.headers));
      const handled = respond(message, header, patience).finally(() => running.delete(handled));
      running.set(handled, patience);
    },
  });
  return {
    subject: request.subject,
    get running() {
      return running.size;
    },
    async stop(patienceMs) {
      const timer = setTimeout(() => {
        for (const patience of running.values()) patience.stop();
      }, patienceMs);
      await drain(subscription, link);
      await Promise.all(running.keys());
      clearTimeout(timer);
    },
  };
}

/** Reads a request and has it handled. */
async function verdictOn(message: Msg, patience: Patience, options: ResponderOptions): Promise<Verdict> {
  const { responder, log } = options;
  const { request, handler } = responder;
  try {
    const read = readQuestion(request, message.data);
    if (read instanceof MessageError) return refused('invalid', read.message, read);
    const received = new ReadRequest(read.data, { pattern: request.subject, subject: message.subject }, patience, log);
    return { outcome: 'replied', bytes: encodeReply(request, await handler(received)) };
  } catch (error) {
    if (error instanceof RequestRefusal) {
      return { outcome: 'refused', refusal: { code: error.code, description: error.message }, error };
    }
    const trouble = unavailabilityOf(error);
    if (trouble !== undefined) options.onTrouble?.(trouble);
    if (patience.stopped) return refused('unavailable', 'the service is stopping', error);
    if (trouble !== undefined && !isTimeoutOfRequest(trouble)) {
      return refused('unavailable', `${trouble.dependency} is unavailable`, error);
    }
    return refused('failed', 'the handler failed', error);
  }
}

/**
 * Whether a request of the handler itself had no reply in time. Its effect may be under way, so this try counts: a consumer
 * would repeat `unavailable` for as long as that lasts.
 */
function isTimeoutOfRequest({ kind, reason }: Unavailability): boolean {
  return kind === 'slow' && reason === 'timeout';
}

/** The question, or why it cannot be read; what the handler throws is another matter. */
function readQuestion(request: NatsRequest, bytes: Uint8Array): { readonly data: unknown } | MessageError {
  try {
    return { data: decodeQuestion(request, bytes) };
  } catch (error) {
    if (error instanceof MessageError) return error;
    throw error;
  }
}

function refused(outcome: Exclude<Refused, 'refused'>, why: string, error: unknown): Verdict {
  return { outcome, refusal: refusalFor(outcome, why), error };
}

/** Lets what the server has sent already arrive. */
async function drain(subscription: Subscription, link: OpenNats): Promise<void> {
  if (!link.connected || subscription.isClosed()) return subscription.unsubscribe();
  await endsWithin(DRAIN_MS, subscription.drain());
}
