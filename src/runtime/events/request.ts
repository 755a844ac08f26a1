import {
  subjectOf,
  type NatsRequest,
  type ReplyOf,
  type RequestOf,
  type SubjectParameters,
  type SubjectValues,
} from '#declare';
import { currentContext, sendInSpan } from '../spans.ts';
import { DependencyError } from '../unavailable.ts';
import type { OpenNats } from './connection.ts';
import { RequestError, type RequestFailure } from './errors.ts';
import { contextFields, requestFacts } from './message-trace.ts';
import { decodeReply, encodeQuestion, TIMEOUT_HEADER } from './request-wire.ts';

/** What is sent with a request. */
export type OutgoingRequest<R extends NatsRequest> = {
  /** The question. */
  readonly data: RequestOf<R>;
  /** Seconds to wait for the reply, at most those of the declaration. @default - those of the declaration */
  readonly timeoutSeconds?: number;
  /** Stops waiting. The responder does not learn of it and may still handle the request. @default - only the time limit */
  readonly signal?: AbortSignal;
} & ([SubjectParameters<R['subject']>] extends [never]
  ? {
      /** @default - none: the subject has no parameters */
      readonly values?: undefined;
    }
  : {
      /** Values of the `{parameters}` of the subject. */
      readonly values: SubjectValues<R['subject']>;
    });

/** What became of a request that was sent; a label of a metric. */
export type RequestOutcome = 'replied' | 'given_up' | RequestFailure;

/** Called with the outcome of each request that was sent. */
export type OnRequest = (subject: string, outcome: RequestOutcome, seconds: number) => void;

/** Sends a request and returns its reply, both validated. */
export async function sendRequest<R extends NatsRequest>(
  link: OpenNats,
  request: R,
  outgoing: OutgoingRequest<R>,
  onRequest: OnRequest,
): Promise<ReplyOf<R>> {
  const timeoutMs = timeoutMsOf(request, outgoing.timeoutSeconds);
  const values = (outgoing.values ?? {}) as SubjectValues<string>;
  const subject = subjectOf<string>(request.subject, values);
  const bytes = encodeQuestion(request, outgoing.data);
  // the client would keep it until the reconnect, when nobody waits any more
  if (!link.connected) throw new DependencyError('nats', 'nats is away');
  const startedAt = performance.now();
  const told = (outcome: RequestOutcome): void =>
    onRequest(request.subject, outcome, (performance.now() - startedAt) / 1000);
  try {
    const { signal } = outgoing;
    const facts = () => requestFacts('CLIENT', request.subject, { subject, data: bytes });
    const data = await sendInSpan(currentContext(), facts, async (context) => {
      const fields = { [TIMEOUT_HEADER]: String(Math.ceil(timeoutMs)), ...contextFields(context) };
      const reply = await link.ask({ pattern: request.subject, subject, bytes, fields, timeoutMs, signal });
      return decodeReply(request, reply) as ReplyOf<R>;
    });
    told('replied');
    return data;
  } catch (error) {
    told(outcomeOf(error));
    throw error;
  }
}

function outcomeOf(error: unknown): RequestOutcome {
  if (error instanceof RequestError) return error.reason;
  return error instanceof DependencyError ? 'unavailable' : 'given_up';
}

function timeoutMsOf({ subject, timeoutSeconds: most }: NatsRequest, seconds = most): number {
  if (seconds > 0 && seconds <= most) return seconds * 1000;
  const rule = `must be above 0 and at most the ${most} of the declaration, after which the server refuses a reply`;
  throw new Error(`request ${subject}: timeoutSeconds is ${seconds}, ${rule}: correct one of them`);
}
