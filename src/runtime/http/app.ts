/** The Express app of a service: what stands before and behind its routes. It does not listen; {@link listenHttp} does. */
import { PROBLEM_MEDIA_TYPE } from '#declare';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Logger } from '../log.ts';
import { rateHeaders, type RateLimiter, type RateRule } from '../rate-limit.ts';
import { limitWaiting } from '../patience.ts';
import { clientNetwork } from './client-network.ts';
import { unavailabilityOf } from '../unavailable.ts';
import type { Health } from './health.ts';
import { sendJson } from './json-answer.ts';
import { beginRequest, type Metrics } from './metrics.ts';
import { sameOrigin } from './origin.ts';
import { HttpError, httpErrorOf, problemOf } from './problem.ts';
import { requestIdOf } from './request-context.ts';
import { logRequest } from './request-log.ts';
import { beginRequestStep, endRequestStep } from './request-step.ts';
import { securityHeaders } from './security-headers.ts';

/** What an app is made of. */
export interface HttpAppOptions {
  readonly service: string;
  readonly version: string;
  /** Origin that browsers know; another one is refused on mutations. @default - no origin is refused */
  readonly publicOrigin?: string | undefined;
  /** Proxies in front whose `X-Forwarded-For` is believed. */
  readonly trustProxyHops: number;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The OpenAPI page; a thunk, since making it takes a moment. @default - 404 */
  readonly openApi?: () => unknown;
  /** Limit of all requests of one address. @default - none */
  readonly limit?: { readonly rule: RateRule; readonly limiter: () => RateLimiter | undefined };
}

/** Creates the app. `routes` is called for each request: until the service has started it returns undefined, and the response is 503. */
export function createHttpApp(options: HttpAppOptions, routes: () => RequestHandler | undefined): Express {
  const { service, health, metrics, log } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', options.trustProxyHops);
  app.get('/livez', (_request, response) => {
    const alive = health.alive();
    response.statusCode = alive ? 200 : 503;
    sendJson(response, alive ? '{"alive":true}' : '{"alive":false}');
  });
  app.get('/readyz', async (_request, response) => {
    const readiness = await health.readiness();
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(beforeRoutes(options));
  app.get(`/api/${service}/version`, (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ service, version: options.version });
  });
  let page: unknown;
  app.get(`/api/${service}/openapi.json`, (_request, response, next) => {
    page ??= options.openApi?.();
    if (page === undefined) next();
    else response.json(page);
  });
  if (options.publicOrigin !== undefined) app.use(sameOrigin(options.publicOrigin));
  if (options.limit !== undefined) app.use(limitAll(options.limit, metrics));
  app.use(`/api/${service}`, (request, response, next) => {
    const router = routes();
    if (router === undefined) next(new HttpError('unavailable', { dependency: service, retryAfterSeconds: 1 }));
    else void router(request, response, next);
  });
  app.use((_request, _response, next) => next(new HttpError('not_found')));
  app.use(refuse(health, log));
  return app;
}

/**
 * What every request gets: its trace, the headers of security, its line in the log and its place in the metrics. One
 * function and not one a matter, since each step of Express costs as much as what it does here.
 */
function beforeRoutes({ service, health, metrics, log }: HttpAppOptions): RequestHandler {
  const headers = securityHeaders();
  return (request, response, next) => {
    const startedAt = performance.now();
    const step = beginRequestStep(request, response);
    const { trace } = step;
    for (const [name, value] of headers) response.setHeader(name, value);
    // while the process ends, each answer closes its connection, so that no client sends its next request into the end
    if (health.phase === 'draining') response.setHeader('Connection', 'close');
    const measured = beginRequest(metrics);
    const patience = limitWaiting(trace, () => response.headersSent);
    response.once('close', () => {
      patience.settle();
      const tookMs = performance.now() - startedAt;
      measured(request, response, tookMs / 1000);
      logRequest(log, request, response, trace, tookMs);
      endRequestStep(step, request, response, service);
    });
    step.run(next);
  };
}

function limitAll({ rule, limiter }: NonNullable<HttpAppOptions['limit']>, metrics: Metrics): RequestHandler {
  return async (request, response, next) => {
    const take = limiter();
    if (take === undefined) return next();
    try {
      const decision = await take(rule, clientNetwork(request.ip ?? ''));
      response.set(rateHeaders(decision));
      if (decision.allowed) return next();
      return next(new HttpError('rate_limited', { retryAfterSeconds: decision.resetSeconds }));
    } catch {
      // a limit that cannot be counted must not end the service; log-in has a limit of its own that does
      metrics.uncounted.inc();
      return next();
    }
  };
}

/** Answers every error as a problem. What nobody foresaw is logged with its stack and shown with an id alone. */
function refuse(health: Health, log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const refusal = httpErrorOf(error);
    const trouble = unavailabilityOf(error);
    if (trouble !== undefined) health.note(trouble);
    const requestId = requestIdOf(request);
    if (refusal.status >= 500) log.error({ err: refusal.cause ?? error, code: refusal.code, requestId }, 'refused');
    if (response.headersSent) return void response.destroy();
    const { retryAfterSeconds, headers = {} } = refusal.options;
    response.set(headers);
    if (retryAfterSeconds !== undefined) response.set('Retry-After', String(Math.ceil(retryAfterSeconds)));
    if (refusal.status === 413) response.set('Connection', 'close');
    response.set('Cache-Control', 'no-store').status(refusal.status).type(PROBLEM_MEDIA_TYPE);
    response.send(JSON.stringify(problemOf(refusal, { requestId, path: request.originalUrl.split('?')[0] ?? '/' })));
  };
}
