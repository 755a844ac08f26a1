/** The step of a trace that a request is, and what its span says. */
import type { Request, Response } from 'express';
import { beginStep, openedStep, type SpanFacts, type Step } from '../spans.ts';
import { contextOfFields } from '../trace.ts';
import { identify } from './request-context.ts';

/** Begins the step of a request, which continues the trace context of the edge. */
export function beginRequestStep(request: Request, response: Response): Step {
  const requestId = identify(request, response);
  const { traceparent, tracestate } = request.headers;
  return (
    openedStep(requestId) ?? beginStep(requestId, contextOfFields(traceparent, tracestate), () => factsOf(request))
  );
}

/** Ends it, named by the route that answered: a path may hold an id. */
export function endRequestStep(step: Step, request: Request, response: Response, service: string): void {
  if (!step.recorded) return;
  const { statusCode } = response;
  const route = routeOf(request, service);
  const attributes = { 'http.response.status_code': statusCode };
  step.end({
    error: statusCode >= 500 ? String(statusCode) : undefined,
    ...(route === undefined
      ? { attributes }
      : { name: `${request.method} ${route}`, attributes: { ...attributes, 'http.route': route } }),
  });
}

function factsOf({ method, protocol, originalUrl }: Request): SpanFacts {
  return {
    name: method,
    kind: 'SERVER',
    attributes: {
      'http.request.method': method,
      'url.scheme': protocol,
      // a query may hold a token
      'url.path': originalUrl.split('?')[0] ?? '/',
    },
  };
}

function routeOf({ route, baseUrl }: Request, service: string): string | undefined {
  const { path } = (route ?? {}) as { readonly path?: unknown };
  if (typeof path !== 'string') return undefined;
  const mounted = `/api/${service}`;
  // a route of the app itself has all of its path; and Express resets `baseUrl` when a handler throws
  return path.startsWith(`${mounted}/`) ? path : `${baseUrl || mounted}${path}`;
}
