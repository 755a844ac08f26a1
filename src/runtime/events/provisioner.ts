/**
 * Makes the streams and durables of a topology what it says, and leaves alone what already is: an update that changes
 * nothing is not free. Nothing is ever deleted. Only the one service whose declaration provisions may do it.
 */
import {
  changedFields,
  consumerConfig,
  durableName,
  requireStreamOf,
  streamConfig,
  type Consumer,
  type ConsumerConfig,
  type ConsumerPolicy,
  type Message,
  type StreamConfig,
  type Topology,
} from '#declare';
import type { JetStreamManager, NatsError } from 'nats';
import { textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';
import type { OpenNats } from './connection.ts';
import { roomMaker, type FillReport } from './stream-fill.ts';

/** What provisioning did, one line each, such as `made stream JOBS`. */
export type ProvisioningStep = string;

/** Thrown for what a server refused; the rest is as declared then. */
export class ProvisioningError extends AggregateError {
  override readonly name = 'ProvisioningError';
}

/** Creates and updates what differs. Throws a {@link ProvisioningError} with all that the server refused, after the rest was done. */
export async function provision(
  link: OpenNats,
  topology: Topology,
  options: {
    /** Copies of a stream. @default 1 */
    readonly replicas?: number;
  } = {},
): Promise<ProvisioningStep[]> {
  const manager = await link.connection.jetstreamManager({ checkAPI: false });
  const steps: ProvisioningStep[] = [];
  const faults: Error[] = [];
  const attempt = async (name: string, step: () => Promise<ProvisioningStep | undefined>): Promise<void> => {
    try {
      const done = await step();
      if (done !== undefined) steps.push(done);
    } catch (error) {
      faults.push(new Error(`${name}: ${textOf(error)}`, { cause: error }));
    }
  };
  for (const stream of topology.streams) {
    const wanted = streamConfig(stream, { replicas: options.replicas ?? 1 });
    await attempt(`stream ${stream.name}`, async () => await provisionStream(manager, wanted));
  }
  for (const service of topology.services) {
    for (const consumer of service.consumes) {
      const stream = requireStreamOf(consumer.message, topology).name;
      const wanted = consumerConfig(service, consumer, topology);
      await attempt(`durable ${wanted.durable_name}`, async () => await provisionDurable(manager, stream, wanted));
    }
  }
  if (faults.length > 0) throw new ProvisioningError(faults, faults.map(textOf).join('; '));
  return steps;
}

/** Provisions again after each reconnect and every so often, so that a stream that was deleted comes back, and makes room in streams that fill up. */
export function keepProvisioned(
  link: OpenNats,
  topology: Topology,
  options: {
    readonly everyMs: number;
    readonly replicas?: number;
    readonly log: Logger;
    /** @default - the fill is not reported */
    readonly fill?: FillReport;
  },
): { stop(): Promise<void> } {
  const { everyMs, log } = options;
  const makeRoom = roomMaker(topology, log);
  let busy: Promise<void> = Promise.resolve();
  const look = (): void => {
    busy = busy.then(async () => {
      if (!link.connected) return;
      try {
        const steps = await provision(link, topology, options);
        if (steps.length > 0) log.warn({ steps }, 'streams or durables differed from their declaration');
      } catch (error) {
        log.warn({ reason: textOf(error) }, 'streams could not be checked, retrying later');
      }
      try {
        const manager = await link.connection.jetstreamManager({ checkAPI: false });
        const fills = await makeRoom(manager);
        options.fill?.report(fills);
      } catch (error) {
        log.warn({ reason: textOf(error) }, 'stream usage could not be read, retrying later');
      }
    });
  };
  const timer = setInterval(look, everyMs);
  link.onReconnect(look);
  return {
    async stop() {
      clearInterval(timer);
      await busy;
    },
  };
}

/** A topology in which the durables of one message behave otherwise: for settings that come from the environment. */
export function withPolicy(topology: Topology, message: Message, policy: Partial<ConsumerPolicy>): Topology {
  const changed = (consumer: Consumer): Consumer =>
    consumer.message === message ? { ...consumer, policy: { ...consumer.policy, ...policy } } : consumer;
  const services = topology.services.map((service) => ({ ...service, consumes: service.consumes.map(changed) }));
  return { ...topology, services };
}

/** Names of all durables of a service. */
export function durablesOf(topology: Topology, service: string): string[] {
  const found = topology.services.find(({ name }) => name === service);
  return (found?.consumes ?? []).map((consumer) => durableName(service, consumer));
}

async function provisionStream(manager: JetStreamManager, wanted: StreamConfig): Promise<ProvisioningStep | undefined> {
  const info = await absentAsUndefined(manager.streams.info(wanted.name));
  if (info === undefined) {
    await manager.streams.add(wanted as unknown as Parameters<typeof manager.streams.add>[0]);
    return `created stream ${wanted.name}`;
  }
  const changed = changedFields(wanted, info.config);
  if (changed.length === 0) return undefined;
  const config = { ...info.config, ...wanted } as unknown as Parameters<typeof manager.streams.update>[1];
  await manager.streams.update(wanted.name, config);
  return `changed ${changed.join(', ')} of stream ${wanted.name}`;
}

async function provisionDurable(
  manager: JetStreamManager,
  stream: string,
  wanted: ConsumerConfig,
): Promise<ProvisioningStep | undefined> {
  const info = await absentAsUndefined(manager.consumers.info(stream, wanted.durable_name));
  if (info === undefined) {
    await manager.consumers.add(stream, wanted as unknown as Parameters<typeof manager.consumers.add>[1]);
    return `created durable ${wanted.durable_name}`;
  }
  const changed = changedFields(wanted, info.config);
  if (changed.length === 0) return undefined;
  const config = { ...info.config, ...wanted } as unknown as Parameters<typeof manager.consumers.update>[2];
  await manager.consumers.update(stream, wanted.durable_name, config);
  return `changed ${changed.join(', ')} of durable ${wanted.durable_name}`;
}

const NOT_FOUND = new Set(['stream not found', 'consumer not found']);

async function absentAsUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (NOT_FOUND.has((error as NatsError).message)) return undefined;
    throw error;
  }
}
