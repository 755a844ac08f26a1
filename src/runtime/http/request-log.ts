import type { Request, Response } from 'express';
import type { Logger } from '../log.ts';
import { traceFields, type Trace } from '../trace.ts';

/**
 * Logs a request when its answer is over: method, path without its query (which may hold a token), status and time; never
 * a header. What succeeds is for debugging alone, so a service at level `info` does nothing for it.
 */
export function logRequest(
  log: Logger,
  request: Request,
  response: Response,
  trace: Trace,
  responseTime: number,
): void {
  const { statusCode } = response;
  const level = statusCode >= 500 ? 'error' : statusCode >= 400 ? 'info' : 'debug';
  if (!log.isLevelEnabled(level)) return;
  const line = {
    ...traceFields(trace),
    req: { method: request.method, url: request.originalUrl.split('?')[0] },
    res: { status: statusCode },
    responseTime: Math.round(responseTime),
  };
  log[level](line, response.writableFinished ? 'request completed' : 'request aborted');
}
