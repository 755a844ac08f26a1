import type { Route } from '#declare';
import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import type { Logger } from '../log.ts';
import { rateHeaders, type RateDecision, type RateLimiter, type RateRule } from '../rate-limit.ts';
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
  readonly session: unknown;
  /** Id of the caller, for log lines. */
  readonly userId: string | undefined;
  readonly slot: IdempotencySlot | undefined;
  readonly request: Request;
  readonly response: Response;
  readonly limiter: RateLimiter | undefined;
  readonly log: Logger;
}

/** A call of a route for its handler. */
export function callOf(source: CallSource): Call {
  return new BoundCall(source) as unknown as Call;
}

/**
 * What few handlers ask for is made when it is asked for, by getters of a class. With getters in an object literal, V8 keeps
 * each call, and the request that it holds, beyond every young collection until the next full one: bound-call.test.ts.
 */
class BoundCall {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly session: unknown;
  readonly ifMatch: number | undefined;
  readonly request: Request;
  readonly response: Response;
  readonly #source: CallSource;
  #creationId: string | undefined;
  #log: Logger | undefined;
  #signal: AbortSignal | undefined;

  constructor(source: CallSource) {
    const { route, parsed, session, request, response } = source;
    this.params = parsed.params;
    this.query = parsed.query;
    this.body = parsed.body;
    this.session = session;
    this.ifMatch = route.concurrency === 'if-match' ? ifMatchVersion(request.get('if-match')) : undefined;
    this.request = request;
    this.response = response;
    this.#source = source;
  }

  get creationId(): string {
    const { slot } = this.#source;
    return (this.#creationId ??= slot === undefined ? randomUUID() : creationIdOf(slot));
  }

  get address(): string {
    return this.request.ip ?? '';
  }

  get requestId(): string {
    return requestIdOf(this.request);
  }

  get signal(): AbortSignal {
    return (this.#signal ??= goneSignal(this.response));
  }

  get log(): Logger {
    const { log, operation, userId } = this.#source;
    return (this.#log ??= log.child({ operation, userId }));
  }

  /** Handlers take it out of the call, so it is bound. */
  readonly limit = async (rule: RateRule, key: string): Promise<RateDecision> => {
    const { limiter, operation } = this.#source;
    if (limiter === undefined)
      throw new Error(`${operation} uses the rate limit ${rule.name}, but the service has no Redis`);
    const decision = await limiter(rule, key);
    if (!decision.allowed || rule.untold !== true) this.response.set(rateHeaders(decision));
    if (decision.allowed) return decision;
    throw new HttpError('rate_limited', { retryAfterSeconds: Math.max(1, decision.resetSeconds) });
  };
}

/** Aborts when the connection of an answer closes. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.closed || response.destroyed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone.signal;
}
