/** Gives each request its id and trace, and lets all that it causes run within them. */
import type { RequestHandler, Request } from 'express';
import { randomUUID } from 'node:crypto';
import { currentTrace, nextTraceparent, runInTrace } from '../trace.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
const ids = new WeakMap<Request, string>();

/** Takes `X-Request-Id` and `traceparent` over from the edge when they are well formed, and answers with the id. */
export function requestContext(): RequestHandler {
  return (request, response, next) => {
    const received = request.get('x-request-id') ?? '';
    const requestId = REQUEST_ID.test(received) ? received : randomUUID();
    ids.set(request, requestId);
    response.setHeader('X-Request-Id', requestId);
    runInTrace({ requestId, traceparent: nextTraceparent(request.get('traceparent')) }, next);
  };
}

/** Id of a request. */
export function requestIdOf(request: Request): string {
  return ids.get(request) ?? currentTrace()?.requestId ?? 'unknown';
}
