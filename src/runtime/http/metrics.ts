import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Request, Response } from 'express';

/** What a service measures; `/metrics` shows it. A service adds its own to `registry`. */
export interface Metrics {
  /** The registry of prom-client. */
  readonly registry: Registry;
  /** Deliveries by durable and outcome. */
  readonly deliveries: Counter<'durable' | 'outcome'>;
  /** Seconds that a handler took, by durable. */
  readonly deliverySeconds: Histogram<'durable'>;
  /** Requests that were let through because Redis was away and could not count them. */
  readonly uncounted: Counter;
  /** Seconds until the answer was sent, by method, operation and status. */
  readonly requestSeconds: Histogram<'method' | 'operation' | 'status'>;
  /** Requests that are being answered. */
  readonly requestsRunning: Gauge;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Metrics of one process, on a registry of their own. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    deliveries: new Counter({
      name: 'message_deliveries_total',
      help: 'Message deliveries by durable and outcome',
      labelNames: ['durable', 'outcome'],
      registers,
    }),
    deliverySeconds: new Histogram({
      name: 'message_delivery_seconds',
      help: 'Time to handle a delivery',
      labelNames: ['durable'],
      buckets: SECONDS,
      registers,
    }),
    uncounted: new Counter({
      name: 'http_requests_uncounted_total',
      help: 'Requests allowed because the rate limit could not be checked',
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'http_request_seconds',
      help: 'Time from a request to the end of its response',
      labelNames: ['method', 'operation', 'status'],
      buckets: SECONDS,
      registers,
    }),
    requestsRunning: new Gauge({ name: 'http_requests_running', help: 'Requests in progress', registers }),
  };
}

/** Counts a request in; gives what counts its answer under the operation that gave it; paths never become labels. */
export function beginRequest(metrics: Metrics): (request: Request, response: Response, seconds: number) => void {
  metrics.requestsRunning.inc();
  return ({ method }, { locals, statusCode }, seconds) => {
    metrics.requestsRunning.dec();
    metrics.requestSeconds.labels(method, String(locals.operation ?? 'none'), String(statusCode)).observe(seconds);
  };
}
