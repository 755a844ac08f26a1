import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { OnRequest } from './request.ts';
import type { ResponseOutcome } from './reply-sender.ts';
import type { RunningResponder } from './responder.ts';

/** Up to the longest time limit that a request may have. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];
const labelNames = ['request', 'outcome'] as const;

/** Shows in `/metrics` what became of the requests that a process sends. Returns what counts one. */
export function measureRequests(registry: Registry): OnRequest {
  const registers = [registry];
  const sent = new Counter({
    name: 'nats_requests_sent_total',
    help: 'Requests sent, by subject pattern and outcome',
    ...{ labelNames, registers },
  });
  const seconds = new Histogram({
    name: 'nats_request_seconds',
    help: 'Time from a request to its reply, or until it was given up',
    ...{ labelNames: ['request'] as const, buckets: SECONDS, registers },
  });
  return (request, outcome, tookSeconds) => {
    sent.inc({ request, outcome });
    seconds.observe({ request }, tookSeconds);
  };
}

/** Shows in `/metrics` what the responders of a process do. Returns what counts one request. */
export function measureResponders(
  responders: readonly RunningResponder[],
  registry: Registry,
): (request: string, outcome: ResponseOutcome, seconds: number) => void {
  const registers = [registry];
  const received = new Counter({
    name: 'nats_requests_received_total',
    help: 'Requests received, by subject pattern and outcome',
    ...{ labelNames, registers },
  });
  const seconds = new Histogram({
    name: 'nats_response_seconds',
    help: 'Time to handle a request',
    ...{ labelNames: ['request'] as const, buckets: SECONDS, registers },
  });
  new Gauge({
    name: 'nats_requests_running',
    help: 'Received requests whose handlers run',
    ...{ labelNames: ['request'] as const, registers },
    collect() {
      for (const { subject, running } of responders) this.set({ request: subject }, running);
    },
  });
  return (request, outcome, tookSeconds) => {
    received.inc({ request, outcome });
    seconds.observe({ request }, tookSeconds);
  };
}
