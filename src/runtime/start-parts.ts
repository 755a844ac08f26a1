/** Starts what a service gave: loops, listeners and consumers; and holds it against the declaration first. */
import type { Message, Topology } from '#declare';
import type { Kysely } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import { sweepInbox } from './database/inbox.ts';
import type { RuntimeTables } from './database/runtime-tables.ts';
import type { Dependency } from './dependency.ts';
import type { NatsLink } from './events/connection.ts';
import { runConsumer, type RunningConsumer } from './events/consumer.ts';
import { listen } from './events/publisher.ts';
import type { Health } from './http/health.ts';
import { sweepIdempotency } from './http/idempotency.ts';
import type { Metrics } from './http/metrics.ts';
import type { Lifetime } from './lifetime.ts';
import type { Logger } from './log.ts';
import { startLoop, type Loop } from './loop.ts';
import type { Consumption, PlatformDeclaration, ServiceParts } from './service.ts';

/** What parts are started among. */
export interface PartsSurroundings {
  readonly declaration: PlatformDeclaration;
  readonly topology: Topology;
  readonly nats: NatsLink;
  readonly db: Kysely<RuntimeTables>;
  /** Asked before each pull: nothing is pulled while it is away, so that messages do not use up their deliveries on it. */
  readonly database: Dependency;
  readonly life: Lifetime;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longer than any stream keeps a message that an inbox guards against. */
const INBOX_DAYS = 14;
const IDEMPOTENCY_DAYS = 2;
const PAUSE_BETWEEN_CHECKS_MS = 500;
/** Time that a durable has to be found again after a reconnect before it counts as lost. */
const IDLE_GRACE_MS = 10_000;

/** Starts the parts; they end with the service. Throws when they are not what the declaration says. */
export function startParts(parts: ServiceParts, around: PartsSurroundings): void {
  const { declaration, nats, life, health, log } = around;
  assertParts(declaration, parts);
  life.add('parts', parts.close ?? (async () => Promise.resolve()));
  for (const dependency of parts.dependencies ?? []) health.add(dependency);
  for (const loop of [...(parts.loops ?? []), housekeeping(around.db)]) {
    life.add(`loop ${loop.name}`, startLoop(loop, log).stop);
  }
  for (const { message, handler } of parts.hearings ?? []) {
    const stopListening = listen(nats, message, handler, log);
    life.add(`hearing ${message.subject}`, async () => Promise.resolve(stopListening()));
  }
  const consumers = (parts.consumers ?? []).map((consumption) => startConsumer(consumption, around));
  for (const consumer of consumers) life.addConsumer(consumer);
  health.add(consumersDependency(consumers, () => nats.connected));
}

/** Throws with every declared message that no part handles, and every handler that no declaration has. */
export function assertParts(declaration: PlatformDeclaration, parts: ServiceParts): void {
  const consumed = declaration.consumes.map(({ message }) => message);
  const faults = [
    ...differences('consumes', consumed, parts.consumers ?? []),
    ...differences('subscribes to', declaration.subscribes, parts.hearings ?? []),
  ];
  const lines = faults.map((fault) => `${declaration.name} ${fault}: make parts and declaration the same`);
  if (lines.length > 0) throw new Error(lines.join('\n'));
}

function differences(
  verb: string,
  declared: readonly Message[],
  handled: readonly { readonly message: Message }[],
): string[] {
  const subjects = handled.map(({ message }) => message);
  const missing = declared.filter((message) => !subjects.includes(message));
  const foreign = subjects.filter((message) => !declared.includes(message));
  const twice = subjects.filter((message, i) => subjects.indexOf(message) < i);
  return [
    ...missing.map(({ subject }) => `${verb} ${subject}, no part handles it`),
    ...foreign.map(({ subject }) => `handles ${subject}, the declaration has it not`),
    ...twice.map(({ subject }) => `handles ${subject} twice`),
  ];
}

function startConsumer({ message, handler, options }: Consumption, around: PartsSurroundings): RunningConsumer {
  const { declaration, topology, nats, log, metrics } = around;
  // the topology's copy of the declaration carries policies that settings have changed
  const service = topology.services.find(({ name }) => name === declaration.name) ?? declaration;
  const consumer = service.consumes.find((one) => one.message === message);
  if (consumer === undefined) throw new Error(`${declaration.name} consumes ${message.subject} in no topology`);
  return runConsumer({
    ...{ link: nats, service: declaration.name, consumer, topology, handler, log },
    ...options,
    ready: async () => await untilUp(around.database, around.life.stopping),
    onOutcome: (durable, outcome, seconds) => {
      metrics.deliveries.inc({ durable, outcome });
      metrics.deliverySeconds.observe({ durable }, seconds);
    },
  });
}

/**
 * Whether every durable is pulled from: at start all must be, later one may be looked for a moment. While NATS is away that
 * is told as NATS's absence alone.
 */
function consumersDependency(consumers: readonly RunningConsumer[], connected: () => boolean): Dependency {
  let lastWell = Number.NEGATIVE_INFINITY;
  return {
    name: 'consumers',
    required: true,
    check: () => {
      const now = performance.now();
      const idle = consumers.filter(({ pulling }) => !pulling);
      if (idle.length === 0 || (!connected() && lastWell > 0)) lastWell = now;
      const up = now - lastWell < IDLE_GRACE_MS;
      if (idle.length === 0) return { up };
      return { up, detail: idle.map(({ durable, problem }) => `${durable}: ${problem ?? 'stopped'}`).join('; ') };
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

/** Deletes what guards against nothing any more. */
function housekeeping(db: Kysely<RuntimeTables>): Loop {
  const before = (days: number): Date => new Date(Date.now() - days * DAY_MS);
  return {
    name: 'housekeeping',
    everyMs: HOUR_MS,
    run: async () => {
      await sweepInbox(db, before(INBOX_DAYS));
      await sweepIdempotency(db, before(IDEMPOTENCY_DAYS));
    },
  };
}
