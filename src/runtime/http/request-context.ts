/** Gives each request its id and trace, and lets all that it causes run within them. */
import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { currentTrace, nextTraceparent, type Trace } from '../trace.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
/** Where a request keeps its id. */
const ID = Symbol('request id');
type IdentifiedRequest = Request & { [ID]?: string };

/** Takes `X-Request-Id` and `traceparent` over from the edge when they are well formed, and answers with the id. */
export function traceOfRequest(request: IdentifiedRequest, response: Response): Trace {
  const received = request.headers['x-request-id'];
  const requestId = typeof received === 'string' && REQUEST_ID.test(received) ? received : randomUUID();
  request[ID] = requestId;
  response.setHeader('X-Request-Id', requestId);
  const traceparent = request.headers.traceparent;
  return { requestId, traceparent: nextTraceparent(typeof traceparent === 'string' ? traceparent : undefined) };
}

/** Id of a request. */
export function requestIdOf(request: IdentifiedRequest): string {
  return request[ID] ?? currentTrace()?.requestId ?? 'unknown';
}
