import { Gauge, type Registry } from 'prom-client';
import type { RunningConsumer } from './consumer.ts';

/** Shows in `/metrics` what the consumers of a process are at: a handler that never ends shows by an age that only grows. */
export function measureConsumers(consumers: readonly RunningConsumer[], registry: Registry): void {
  const registers = [registry];
  const labelNames = ['durable'] as const;
  new Gauge({
    name: 'message_deliveries_running',
    help: 'Deliveries whose handlers run, by durable',
    labelNames,
    registers,
    collect() {
      for (const { durable, inWork } of consumers) this.set({ durable }, inWork.count);
    },
  });
  new Gauge({
    name: 'message_oldest_delivery_seconds',
    help: 'For how long the oldest of those has run, by durable',
    labelNames,
    registers,
    collect() {
      for (const { durable, inWork } of consumers) this.set({ durable }, inWork.oldestSeconds);
    },
  });
}
