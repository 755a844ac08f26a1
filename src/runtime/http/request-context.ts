/** Gives each request its id. */
import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { currentTrace } from '../trace.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
/** Where a request keeps its id. */
const ID = Symbol('request id');
type IdentifiedRequest = Request & { [ID]?: string };

/** Takes `X-Request-Id` over from the edge when it is well formed, and answers with it. */
export function identify(request: IdentifiedRequest, response: Response): string {
  const received = request.headers['x-request-id'];
  const requestId = typeof received === 'string' && REQUEST_ID.test(received) ? received : randomUUID();
  request[ID] = requestId;
  response.setHeader('X-Request-Id', requestId);
  return requestId;
}

/** Id of a request. */
export function requestIdOf(request: IdentifiedRequest): string {
  return request[ID] ?? currentTrace()?.requestId ?? 'unknown';
}
