/**
 * Sends requests and awaits their replies. All replies come to one inbox, each under a number of its own, so a request that
 * is given up is forgotten, and a denial or a lost connection reaches those that wait.
 */
import { createInbox, ErrorCode, headers, type Msg, type MsgHdrs, type NatsConnection } from 'nats';
import { DependencyError } from '../unavailable.ts';
import { RequestError } from './errors.ts';
import { DENIED, ExpectedDenials } from './expected-denials.ts';
import { readHeader, type HeaderFields } from './request-wire.ts';

/** A request that is ready to be sent. */
export interface ReadyRequest {
  /** Subject pattern, named in errors. */
  readonly pattern: string;
  readonly subject: string;
  readonly bytes: Uint8Array;
  readonly fields: HeaderFields;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends a request and resolves with what was replied. Throws a {@link RequestError} or a {@link DependencyError}, and the
 * reason of the signal when that aborts.
 */
export type Ask = (request: ReadyRequest) => Promise<Msg>;

/** A way to ask, and what the connection tells it. */
export interface AskingOnConnection {
  readonly ask: Ask;
  /** The server denied a subject. Returns false when nothing was asked there. */
  denied(subject: string): boolean;
  /** The connection was lost: replies do not come any more. */
  disconnected(): void;
}

/** One that waits for its reply. */
interface Waiting {
  readonly request: ReadyRequest;
  readonly onReply: (reply: Msg) => void;
  readonly fail: (error: Error) => void;
}

const NO_RESPONDERS = Number(ErrorCode.NoResponders);

/** A way to ask on a connection. Its inbox is subscribed to at the first request. */
export function askingOn(connection: NatsConnection, inboxPrefix: string): AskingOnConnection {
  const denials = new ExpectedDenials();
  const waiting = new Map<string, Waiting>();
  let inbox: string | undefined;
  let last = 0;

  function subscribe(): string {
    const own = createInbox(inboxPrefix);
    connection.subscribe(`${own}.*`, {
      callback: (error, reply) => {
        if (error === null) waiting.get(reply.subject.slice(own.length + 1))?.onReply(reply);
      },
    });
    return own;
  }

  function failWhere(isMeant: (one: Waiting) => boolean, errorOf: (request: ReadyRequest) => Error): number {
    const meant = [...waiting.values()].filter(isMeant);
    for (const one of meant) one.fail(errorOf(one.request));
    return meant.length;
  }

  const ask: Ask = async (request) =>
    await new Promise((resolve, reject) => {
      const { pattern, timeoutMs, signal } = request;
      signal?.throwIfAborted();
      const number = (last += 1).toString(36);
      const forget = (): void => {
        waiting.delete(number);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: unknown): void => {
        forget();
        reject(error as Error);
      };
      const giveUp = (error: unknown): void => {
        denials.givenUp(request.subject);
        fail(error);
      };
      const onAbort = (): void => giveUp(signal?.reason);
      const timer = setTimeout(() => giveUp(timedOut(pattern, timeoutMs)), timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      const onReply = (reply: Msg): void => {
        const fault = faultOf(reply, pattern);
        if (fault !== undefined) return fail(fault);
        forget();
        resolve(reply);
      };
      waiting.set(number, { request, onReply, fail });
      try {
        inbox ??= subscribe();
        send(connection, request, `${inbox}.${number}`);
      } catch (error) {
        fail(error);
      }
    });

  return {
    ask,
    denied(subject) {
      const failed = failWhere(
        (one) => one.request.subject === subject,
        ({ pattern }) => new RequestError(pattern, 'denied', DENIED),
      );
      return denials.came(subject, failed);
    },
    disconnected() {
      denials.clear();
      failWhere(() => true, lost);
    },
  };
}

const NOBODY = 'nobody responds: start the service that responds to it';

function send(connection: NatsConnection, { subject, bytes, fields }: ReadyRequest, reply: string): void {
  connection.publish(subject, bytes, { reply, headers: headerOf(fields) });
}

/** A header with these fields. */
export function headerOf(fields: HeaderFields): MsgHdrs {
  const header = headers();
  for (const [name, value] of Object.entries(fields)) header.set(name, value);
  return header;
}

/** Why a message is no reply: its header is malformed, or it is the server's, which without a subscriber sends a status and no data. */
function faultOf(reply: Msg, pattern: string): RequestError | undefined {
  const { headers: own, fault } = readHeader(reply);
  if (fault !== undefined) {
    return new RequestError(pattern, 'invalid_reply', `invalid reply: ${fault.message}`, { cause: fault });
  }
  const isFromNobody = reply.data.length === 0 && own?.code === NO_RESPONDERS;
  return isFromNobody ? new RequestError(pattern, 'no_responders', NOBODY) : undefined;
}

function timedOut(pattern: string, timeoutMs: number): RequestError {
  return new RequestError(pattern, 'timeout', `no reply within ${timeoutMs / 1000} s, it may have been handled`);
}

function lost({ pattern }: ReadyRequest): DependencyError {
  return new DependencyError('nats', `nats was lost before ${pattern} was replied to, it may have been handled`);
}
