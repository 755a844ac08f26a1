import type { Api, BodyOf, OperationOf, ParamsOf, QueryOf, ResponseOf, Route, RouteOf } from '#declare';
import type { Request, Response } from 'express';
import type { Logger } from '../log.ts';
import type { RateDecision, RateRule } from '../rate-limit.ts';

/** The session of a call, by the access of its route. */
export type CallerOf<R extends Route, Session> = R['access'] extends 'public'
  ? undefined
  : R['access'] extends 'optional'
    ? Session | undefined
    : Session;

/** One call of a route: everything parsed and checked, the caller known. */
export interface Call<R extends Route = Route, Session = unknown> {
  /** Parameters of the path. */
  readonly params: ParamsOf<R>;
  /** Parameters of the query. */
  readonly query: QueryOf<R>;
  /** The JSON body. */
  readonly body: BodyOf<R>;
  /** The session of the caller; what the `access` of the route says. */
  readonly session: CallerOf<R, Session>;
  /** Version that `If-Match` names; a route with `concurrency: 'if-match'` is refused without one. */
  readonly ifMatch: R extends { readonly concurrency: 'if-match' } ? number : undefined;
  /**
   * Id for what the call creates: the same for a repetition under the same `Idempotency-Key`, so a repetition after a crash
   * meets the row of the first; else random. A UUID.
   */
  readonly creationId: string;
  /** Address of the client, seen through the trusted proxies. */
  readonly address: string;
  /** Id of the request, also in the log and in the `X-Request-Id` header. */
  readonly requestId: string;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** Logger with the id of the request. */
  readonly log: Logger;
  /** Takes one from a limit, with its headers in the answer; throws `rate_limited`, or `unavailable` when Redis is away. Needs Redis. */
  limit(rule: RateRule, key: string): Promise<RateDecision>;
  /** The request of Express. */
  readonly request: Request;
  /** The response of Express, for streams and bytes. */
  readonly response: Response;
}

/** An answer with more than a body; made by {@link reply}. */
export class Reply<Body = unknown> {
  /** The JSON body. */
  readonly body: Body;
  /** What it has besides the body. */
  readonly options: ReplyOptions;

  constructor(body: Body, options: ReplyOptions) {
    this.body = body;
    this.options = options;
  }
}

/** What an answer has besides its body. */
export interface ReplyOptions {
  /** Headers by name. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
  /** Version for the `ETag`. @default - `version` of the body, on routes with `concurrency` */
  readonly version?: number;
}

/** An answer with headers or a version. */
export function reply<Body>(body: Body, options: ReplyOptions): Reply<Body> {
  return new Reply(body, options);
}

/** What a handler gives: the body of the route's response; nothing where it has none, or where it wrote to `response` itself. */
export type AnswerOf<R extends Route> = R extends { readonly response: unknown }
  ? ResponseOf<R> | Reply<ResponseOf<R>>
  : void | Reply<undefined>;

/** Handler of one route. */
export type Handler<R extends Route, Session = unknown> = (
  call: Call<R, Session>,
) => Promise<AnswerOf<R>> | AnswerOf<R>;

/** Handlers of all routes of an API, by operation id. */
export type HandlersOf<A extends Api, Session = unknown> = {
  readonly [Id in OperationOf<A>]: Handler<RouteOf<A, Id>, Session>;
};

/** The call of one operation, for a handler that stands in a file of its own: `CallOf<typeof videoApi, 'createVideo'>`. */
export type CallOf<A extends Api, Id extends OperationOf<A>, Session = unknown> = Call<RouteOf<A, Id>, Session>;
