/**
 * Binds the routes of an API to handlers. For each route, in this order: who calls, what they send, whether it was asked
 * before; then the handler; then the answer through the route's schema, so that no field leaves that is not promised.
 */
import type { Api, HttpSchema, Route } from '#declare';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Logger } from '../log.ts';
import { withoutPatience } from '../patience.ts';
import type { RateLimiter } from '../rate-limit.ts';
import type { SessionSource } from '../sessions/session-source.ts';
import { isStoreAway } from '../unavailable.ts';
import { callOf } from './bound-call.ts';
import { Reply, type Handler, type HandlersOf } from './call.ts';
import { etagOf } from './etag.ts';
import { fingerprintOf, idempotencyKey, type IdempotencySlot, type IdempotencyStore } from './idempotency.ts';
import { sendJson } from './json-answer.ts';
import { jsonBody } from './json-body.ts';
import { parseRequest } from './parse.ts';
import { HttpError } from './problem.ts';

/** What binding needs. */
export interface ImplementOptions {
  /** Reads who calls. @default - none; a route that asks for a session answers 401 */
  readonly sessions?: SessionSource | undefined;
  /** @default - a handler that takes from a limit fails */
  readonly limiter?: RateLimiter | undefined;
  /** Where answers to requests with an `Idempotency-Key` are stored. @default - the key is not honoured */
  readonly idempotency?: IdempotencyStore | undefined;
  readonly log: Logger;
  /** Most bytes of a JSON body. @default 65536 */
  readonly bodyLimitBytes?: number;
  /** Milliseconds in which a JSON body arrives. @default 60000 */
  readonly bodyWithinMs?: number;
}

const BODY_LIMIT_BYTES = 64 * 1024;
const KEPT_HEADERS = ['etag', 'location'];

/** A router with all routes of an API, to be mounted under `/api/<service>`; a wrong method of a known path is 405. */
export function implement<A extends Api, Session>(
  api: A,
  handlers: HandlersOf<A, Session>,
  options: ImplementOptions,
): Router {
  const router = Router();
  const parseJson = jsonBody(options.bodyLimitBytes ?? BODY_LIMIT_BYTES, options.bodyWithinMs);
  const routes = Object.entries<Route>(api.routes).sort(([, a], [, b]) => literalFirst(a.path, b.path));
  for (const [operation, route] of routes) {
    const handler = handlers[operation as keyof typeof handlers] as unknown as Handler<Route>;
    const admission: RequestHandler = async (request, response, next) => {
      response.locals.operation = operation;
      response.locals.session = await admit(route, request, options);
      next();
    };
    const answer: RequestHandler = async (request, response) => {
      if (route.body === undefined) await admission(request, response, () => undefined);
      await run(operation, route, handler, request, response, options);
    };
    router[route.method](route.path, ...(route.body === undefined ? [] : [admission, ...parseJson]), answer);
  }
  for (const path of new Set(routes.map(([, route]) => route.path))) {
    const allowed = routes.filter(([, route]) => route.path === path).map(([, { method }]) => method.toUpperCase());
    router.all(path, refuseMethod(allowed));
  }
  return router;
}

/** Lets the caller in by the access of the route; returns the session where the route looks at one. */
async function admit({ access }: Route, request: Request, { sessions }: ImplementOptions): Promise<unknown> {
  if (access === 'public') return undefined;
  const session = await sessions?.find(request);
  if (access === 'optional') return session;
  if (session === undefined || sessions === undefined) throw new HttpError('no_session');
  if (access !== 'session' && sessions.admits?.(session, access) !== true) throw new HttpError('forbidden');
  return session;
}

async function run(
  operation: string,
  route: Route,
  handler: Handler<Route>,
  request: Request,
  response: Response,
  options: ImplementOptions,
): Promise<void> {
  const session: unknown = response.locals.session;
  const { idempotency: store, limiter, log, sessions } = options;
  const userId = session === undefined ? undefined : sessions?.callerOf(session);
  const parsed = await parseRequest(route, request);
  const slot = slotOf(operation, route, request, userId);
  const call = callOf({ route, operation, parsed, session, userId, slot, request, response, limiter, log });
  if (slot === undefined || store === undefined) {
    end(response, await textOf(route, await handler(call), response));
    return;
  }
  const kept = await store.take(slot, fingerprintOf([parsed.params, parsed.query, parsed.body]));
  if (kept !== undefined) {
    response.set({ ...kept.headers, 'Idempotency-Replayed': 'true' }).status(kept.status);
    end(response, kept.body);
    return;
  }
  try {
    const text = await store.holding(slot, async () => await textOf(route, await handler(call), response));
    // kept before it is sent, so that what the client reads is kept
    if (text !== undefined)
      await store.keep(slot, { status: route.status, headers: keptHeaders(response), body: text });
    end(response, text);
  } catch (error) {
    const freed = withoutPatience(async () => await store.free(slot)).catch((err: unknown) =>
      log.warn({ err }, 'an idempotency key could not be released'),
    );
    // the answer does not wait for a store that is away
    if (!isStoreAway(error)) await freed;
    throw error;
  }
}

/**
 * The text of an answer, with its headers and status set: null where there is no body, undefined where the handler wrote the
 * answer itself.
 */
async function textOf(route: Route, answer: unknown, response: Response): Promise<string | null | undefined> {
  const { body, options } = answer instanceof Reply ? answer : new Reply(answer, {});
  if (response.headersSent || response.writableEnded) return undefined;
  const nothing = route.response === undefined && body === undefined && !(answer instanceof Reply);
  if (nothing && writesItself(route)) return undefined;
  const version = options.version ?? versionOf(body);
  if (route.concurrency !== undefined && version !== undefined) response.setHeader('ETag', etagOf(version));
  if (options.headers !== undefined) response.set(options.headers);
  response.statusCode = route.status;
  return route.response === undefined ? null : JSON.stringify(await promised(route.response, body));
}

/** An answer as its route's schema makes it; one that breaks the promise is a fault of the service. */
async function promised(schema: HttpSchema, body: unknown): Promise<unknown> {
  const read = await schema['~standard'].validate(body);
  if (read.issues === undefined) return read.value;
  throw new Error('a response does not match the schema of its route', { cause: read.issues });
}

function end(response: Response, text: string | null | undefined): void {
  if (text === undefined) return;
  if (text === null) {
    response.end();
    return;
  }
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
  sendJson(response, text);
}

function keptHeaders(response: Response): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (response.get(name) === undefined ? [] : [[name, response.get(name) ?? '']])),
  );
}

function slotOf(
  operation: string,
  route: Route,
  request: Request,
  userId: string | undefined,
): IdempotencySlot | undefined {
  if (route.idempotent !== true || userId === undefined) return undefined;
  const key = idempotencyKey(request.get('idempotency-key'));
  return key === undefined ? undefined : { userId, operation, key };
}

function writesItself(route: Route): boolean {
  return route.responseType !== undefined || route.requestType !== undefined || route.method === 'head';
}

function versionOf(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null || !('version' in body)) return undefined;
  return typeof body.version === 'number' ? body.version : undefined;
}

function refuseMethod(allowed: readonly string[]): RequestHandler {
  const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', ');
  return (request, response, next) => {
    response.set('Allow', allow);
    if (request.method === 'OPTIONS') return void response.status(204).end();
    return next(new HttpError('method_not_allowed'));
  };
}

/** `/notifications/unread` before `/notifications/:id`. */
function literalFirst(a: string, b: string): number {
  const parameters = (path: string): string => path.replace(/:[A-Za-z]+/g, '~');
  return parameters(a) < parameters(b) ? -1 : Number(parameters(a) > parameters(b));
}
