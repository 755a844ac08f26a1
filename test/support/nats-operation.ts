/** Every operation that a declaration gives a service, as things to do on a real server. */
import { JSONCodec, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import {
  consumerConfig,
  deadLetterSubject,
  durableName,
  filterOf,
  filtersOverlap,
  requireStreamOf,
  streamConfig,
  type Consumer,
  type ServiceDeclaration,
  type Topology,
} from '#messaging';
import type { Admins } from './nats-account.ts';

/** Hands in which an operation is done: those of the service, and those of admins who prepare and look. */
export interface Hands {
  readonly service: NatsConnection;
  readonly admins: Pick<Admins, 'hub' | 'of'>;
  /** Rejects when the server refuses the service something. */
  readonly refused: Promise<never>;
}

/** One thing that a service declares to do. Rejects when the server does not let it. */
export interface Operation {
  readonly name: string;
  run(hands: Hands): Promise<void>;
}

const json = JSONCodec();
const TIMEOUT_MS = 5_000;
const PULL_MS = 5_000;

/** All operations of a service. */
export function operationsOf(service: ServiceDeclaration, topology: Topology): Operation[] {
  const { deadLetters } = topology;
  return [
    ...(service.jetstream.provisions === true ? provisioning(topology) : []),
    ...service.publishes.map(({ subject, delivery }) =>
      delivery === 'core'
        ? corePublish(exampleOf(subject), listenersOf(service, subject, topology))
        : streamPublish(exampleOf(subject)),
    ),
    ...service.consumes.map((consumer) => pull(service, consumer, topology)),
    ...service.subscribes.map(({ subject }) => coreSubscribe(filterOf(subject), publisherOf(subject, topology))),
    ...(deadLetters === undefined || service.consumes.length === 0
      ? []
      : [streamPublish(deadLetterSubject(service.name, 'work.print', deadLetters))]),
    ...(service.jetstream.reads ?? []).map((stream) => read(stream, topology)),
    ...(service.jetstream.deletes ?? []).map((stream) => remove(stream, topology)),
    ...(service.jetstream.purges ?? []).map(purge),
  ];
}

/** A concrete subject of a pattern or filter. */
export function exampleOf(pattern: string): string {
  return filterOf(pattern).replaceAll('*', 'x1').replace('>', 'x1.x2');
}

/** Makes the streams and durables of a topology. */
export function provisioning(topology: Topology): Operation[] {
  const streams = topology.streams.map((stream) =>
    managed(`provision stream ${stream.name}`, async (manager) => {
      const config = streamConfig(stream, { replicas: 1 });
      await manager.streams.add(config as Parameters<JetStreamManager['streams']['add']>[0]);
      await manager.streams.info(stream.name);
      await manager.streams.update(stream.name, { subjects: config.subjects });
    }),
  );
  const durables = topology.services.flatMap((service) =>
    service.consumes.map((consumer) => {
      const stream = requireStreamOf(consumer.message, topology).name;
      const config = consumerConfig(service, consumer, topology);
      return managed(`provision durable ${config.durable_name}`, async (manager) => {
        await manager.consumers.add(stream, config as Parameters<JetStreamManager['consumers']['add']>[1]);
        await manager.consumers.info(stream, config.durable_name);
      });
    }),
  );
  return [...streams, ...durables];
}

function streamPublish(subject: string): Operation {
  return withJetStream(`publish ${subject} and wait for the acknowledgement`, async (js) => {
    await js.publish(subject, json.encode({ id: '1' }));
  });
}

/** Those who listen to a subject; the publisher itself where nobody does. */
function listenersOf(publisher: ServiceDeclaration, subject: string, { services }: Topology): string[] {
  const listeners = services.filter(({ subscribes }) =>
    subscribes.some((message) => filtersOverlap(filterOf(message.subject), filterOf(subject))),
  );
  return listeners.length === 0 ? [publisher.name] : listeners.map(({ name }) => name);
}

/** Who publishes what a service listens to; undefined for what the server itself says. */
function publisherOf(heard: string, { services }: Topology): string | undefined {
  return services.find(({ publishes }) =>
    publishes.some(({ subject }) => filtersOverlap(filterOf(subject), filterOf(heard))),
  )?.name;
}

function corePublish(subject: string, listeners: readonly string[]): Operation {
  return {
    name: `publish ${subject}`,
    run: async ({ service, admins }) => {
      for (const listener of listeners) {
        const there = admins.of(listener);
        const subscription = there.subscribe(subject, { max: 1, timeout: TIMEOUT_MS });
        await there.flush();
        service.publish(subject, json.encode({ id: '1' }));
        await firstOf(subscription);
      }
    },
  };
}

function coreSubscribe(filter: string, publisher: string | undefined): Operation {
  return {
    name: `subscribe to ${filter}`,
    run: async ({ service, admins }) => {
      const subscription = service.subscribe(filter, { max: 1, timeout: TIMEOUT_MS });
      await service.flush();
      const speaker = publisher === undefined ? admins.hub : admins.of(publisher);
      speaker.publish(exampleOf(filter), json.encode({ id: '1' }));
      await firstOf(subscription);
    },
  };
}

function pull(service: ServiceDeclaration, consumer: Consumer, topology: Topology): Operation {
  const stream = requireStreamOf(consumer.message, topology).name;
  const durable = durableName(service.name, consumer);
  return withJetStream(`pull from ${durable} and acknowledge`, async (js, { admins, refused }) => {
    await admins.hub.jetstream().publish(exampleOf(consumer.message.subject), json.encode({ id: '1' }));
    const consumerOfService = await js.consumers.get(stream, durable);
    const messages = await consumerOfService.fetch({ max_messages: 1, expires: PULL_MS });
    refused.catch(() => {
      messages.stop();
    });
    const message = await firstOf(messages);
    message.working();
    if (!(await message.ackAck())) throw new Error('the acknowledgement was not confirmed');
  });
}

function read(stream: string, topology: Topology): Operation {
  return managed(`read ${stream} by sequence`, async (manager, { admins }) => {
    await manager.streams.getMessage(stream, { seq: await storedIn(stream, admins.hub, topology) });
  });
}

function remove(stream: string, topology: Topology): Operation {
  return managed(`delete from ${stream} by sequence`, async (manager, { admins }) => {
    await manager.streams.deleteMessage(stream, await storedIn(stream, admins.hub, topology));
  });
}

function purge(stream: string): Operation {
  return managed(`purge ${stream}`, async (manager) => {
    await manager.streams.purge(stream);
  });
}

async function storedIn(name: string, admin: NatsConnection, topology: Topology): Promise<number> {
  const stream = topology.streams.find((one) => one.name === name);
  const stored = await admin.jetstream().publish(exampleOf(stream?.subjects[0] ?? ''), json.encode({ id: '1' }));
  return stored.seq;
}

function withJetStream(name: string, act: (js: JetStreamClient, hands: Hands) => Promise<void>): Operation {
  return { name, run: (hands) => act(hands.service.jetstream({ timeout: TIMEOUT_MS }), hands) };
}

function managed(name: string, act: (manager: JetStreamManager, hands: Hands) => Promise<void>): Operation {
  return {
    name,
    run: async (hands) => {
      await act(await hands.service.jetstreamManager({ checkAPI: false, timeout: TIMEOUT_MS }), hands);
    },
  };
}

async function firstOf<T>(messages: AsyncIterable<T>): Promise<T> {
  for await (const message of messages) return message;
  throw new Error('nothing came');
}
