/** Starts the parts of a service: loops, subscriptions, responders and consumers. */
import type { Topology } from '#declare';
import { setTimeout as pause } from 'node:timers/promises';
import { inboxAge } from './database/inbox-age.ts';
import type { StartedDatabase } from './database/start-database.ts';
import { assertParts } from './definition.ts';
import type { Dependency } from './dependency.ts';
import type { OpenNats } from './events/connection.ts';
import { runConsumer, type RunningConsumer } from './events/consumer.ts';
import { measureConsumers } from './events/consumer-metrics.ts';
import type { Consumption, Responder, Subscription } from './events/parts.ts';
import { subscribe } from './events/publisher.ts';
import { measureResponders } from './events/request-metrics.ts';
import { startResponder } from './events/responder.ts';
import type { Health } from './http/health.ts';
import type { Metrics } from './http/metrics.ts';
import type { Lifetime } from './lifetime.ts';
import type { Logger } from './log.ts';
import { startLoop, type Loop } from './loop.ts';
import type { AnyDeclaration } from './service.ts';

/** What a service runs besides HTTP. */
export interface RunningParts {
  readonly consumers: readonly Consumption[];
  readonly subscriptions: readonly Subscription[];
  readonly responders: readonly Responder[];
  readonly loops: readonly Loop[];
  readonly dependencies: readonly Dependency[];
  readonly close: (() => Promise<void>) | undefined;
}

/** What parts are started among. */
export interface PartsSurroundings {
  readonly declaration: AnyDeclaration;
  readonly topology: Topology;
  readonly nats: OpenNats | undefined;
  readonly database: StartedDatabase | undefined;
  readonly life: Lifetime;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
}

const PAUSE_BETWEEN_CHECKS_MS = 500;

/** Starts the parts; they end with the service. Throws when they are not what the declaration says. */
export async function startParts(parts: RunningParts, around: PartsSurroundings): Promise<void> {
  const { declaration, nats, life, health, metrics, log } = around;
  assertParts(declaration, parts);
  life.add('parts', parts.close ?? (async () => Promise.resolve()));
  for (const dependency of parts.dependencies) health.add(dependency);
  for (const loop of [...parts.loops, ...housekeepingOf(around)]) {
    life.add(`loop ${loop.name}`, startLoop(loop, log).stop);
  }
  if (nats === undefined) return;
  for (const { message, handler } of parts.subscriptions) {
    const unsubscribe = subscribe(nats, message, handler, log);
    life.add(`subscription ${message.subject}`, async () => Promise.resolve(unsubscribe()));
  }
  await startResponders(parts.responders, nats, around);
  const consumers = parts.consumers.map((consumption) => startConsumer(consumption, nats, around));
  for (const consumer of consumers) {
    life.addReceiver(consumer.durable, async (patienceMs) => await consumer.stop(patienceMs));
    health.watch({ name: consumer.durable, stepMs: () => consumer.stepMs });
  }
  measureConsumers(consumers, metrics.registry);
  health.add(consumersDependency(consumers));
}

/** Resolves when the server knows of them: who asks from then on is answered. */
async function startResponders(
  responders: readonly Responder[],
  nats: OpenNats,
  { declaration, life, health, log, metrics }: PartsSurroundings,
): Promise<void> {
  if (responders.length === 0) return;
  const running = responders.map((responder) =>
    startResponder({
      ...{ link: nats, service: declaration.name, responder, log },
      onTrouble: health.note,
      onOutcome: (subject, outcome, seconds) => measured(subject, outcome, seconds),
    }),
  );
  const measured = measureResponders(running, metrics.registry);
  for (const { subject, stop } of running) life.addReceiver(`responder ${subject}`, stop);
  // one that is lost just now subscribes again by itself
  await nats.connection.flush().catch(() => undefined);
}

function housekeepingOf({ declaration, topology, database, log }: PartsSurroundings): readonly Loop[] {
  if (database === undefined) return [];
  const { seconds, unlimited } = inboxAge(declaration.consumes, topology);
  if (unlimited.length > 0) {
    log.info(
      { streams: unlimited },
      'inbox entries are never deleted because these streams have no age limit: set maxAgeSeconds',
    );
  }
  return [database.housekeeping(seconds)];
}

function startConsumer(
  { message, handler, options }: Consumption,
  nats: OpenNats,
  { declaration, topology, database, life, health, log, metrics }: PartsSurroundings,
): RunningConsumer {
  // the topology's copy of the declaration carries policies that settings have changed
  const service = topology.services.find(({ name }) => name === declaration.name) ?? declaration;
  const consumer = service.consumes.find((one) => one.message === message);
  if (consumer === undefined)
    throw new Error(`${declaration.name} does not consume ${message.subject} in the topology`);
  return runConsumer({
    ...{ link: nats, service: declaration.name, consumer, topology, handler, log },
    ...options,
    ...(database === undefined ? {} : { ready: async () => await untilUp(database.dependency, life.stopping) }),
    onTrouble: health.note,
    onOutcome: (durable, outcome, seconds) => {
      metrics.deliveries.inc({ durable, outcome });
      metrics.deliverySeconds.observe({ durable }, seconds);
    },
  });
}

/** Whether every durable is pulled from. All replicas share the server and its durables, so none of them is unready for that. */
function consumersDependency(consumers: readonly RunningConsumer[]): Dependency {
  return {
    name: 'consumers',
    required: false,
    check: () => {
      const lastSuccess = Object.fromEntries(
        consumers.map(({ durable, lastSuccess: at }) => [durable, at?.toISOString() ?? null]),
      );
      const idle = consumers.filter(({ pulling }) => !pulling);
      if (idle.length === 0) return { up: true, lastSuccess };
      const detail = idle.map(({ durable, problem }) => `${durable}: ${problem ?? 'stopped'}`).join('; ');
      return { up: false, detail, lastSuccess };
    },
  };
}

/** Waits while a store is away. */
async function untilUp({ check }: Dependency, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if ((await check()).up) return;
    } catch {
      // told by its own dependency in /readyz
    }
    await pause(PAUSE_BETWEEN_CHECKS_MS, undefined, { signal }).catch(() => undefined);
  }
}
