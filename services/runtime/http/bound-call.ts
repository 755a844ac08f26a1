import type { Route } from '#contracts';
import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import type { Logger } from '../log.ts';
import { rateHeaders, type RateLimiter } from '../rate-limit.ts';
import type { Session } from '../session.ts';
import type { Call } from './call.ts';
import { ifMatchVersion } from './etag.ts';
import { creationIdOf, type IdempotencySlot } from './idempotency.ts';
import type { ParsedRequest } from './parse.ts';
import { HttpError } from './problem.ts';
import { requestIdOf } from './request-context.ts';

/** What a call is made from. */
export interface CallSource {
  readonly route: Route;
  readonly operation: string;
  readonly parsed: ParsedRequest;
  readonly session: Session | undefined;
  readonly slot: IdempotencySlot | undefined;
  readonly request: Request;
  readonly response: Response;
  readonly limiter: RateLimiter;
  readonly log: Logger;
}

/** A call of a route for its handler. What few handlers ask for is made when it is asked for. */
export function callOf(source: CallSource): Call {
  const { route, parsed, session, slot, request, response } = source;
  let creationId: string | undefined;
  let log: Logger | undefined;
  let signal: AbortSignal | undefined;
  const call = {
    ...parsed,
    session,
    ifMatch: route.concurrency === 'if-match' ? ifMatchVersion(request.get('if-match')) : undefined,
    get creationId() {
      return (creationId ??= slot === undefined ? randomUUID() : creationIdOf(slot));
    },
    get address() {
      return request.ip ?? '';
    },
    get requestId() {
      return requestIdOf(request);
    },
    get signal() {
      return (signal ??= goneSignal(response));
    },
    get log() {
      return (log ??= source.log.child({ operation: source.operation, userId: session?.userId }));
    },
    limit: async (rule: Parameters<RateLimiter>[0], key: string) => {
      const decision = await source.limiter(rule, key);
      response.set(rateHeaders(decision));
      if (decision.allowed) return decision;
      throw new HttpError('rate_limited', { retryAfterSeconds: Math.max(1, decision.resetSeconds) });
    },
    request,
    response,
  };
  return call as unknown as Call;
}

/** Aborts when the connection of an answer closes. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.closed || response.destroyed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone.signal;
}
