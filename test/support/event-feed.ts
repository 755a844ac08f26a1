import { randomUUID } from 'node:crypto';
import { durableName, encodeEnvelope, envelopeOf, filterOf, messageIdOf, requireStreamOf } from '#declare';
import type { DataOf, Envelope, Message, ServiceDeclaration } from '#declare';
import type { JetStreamManager } from 'nats';
import { topology } from '#catalog';
import type { OpenNats } from '#runtime/events/connection';
import { eventually } from './eventually.ts';

/** A message that another service would publish, ready to be sent as often as a test likes. */
export interface PreparedEvent {
  readonly message: Message;
  readonly envelope: Envelope;
}

/** Puts data into the envelope that its owner would send. */
export function event<M extends Message>(message: M, data: DataOf<M>, about: string = randomUUID()): PreparedEvent {
  const source = topology.services.find(({ publishes }) => publishes.includes(message))?.name ?? 'unknown';
  const envelope = envelopeOf(message, { id: randomUUID(), time: new Date(), source, subject: about, data });
  return { message, envelope };
}

/** Publishes a message; again and again the same one is delivered each time, since the server sees another id. */
export async function send(link: OpenNats, ...events: readonly PreparedEvent[]): Promise<void> {
  for (const { envelope } of events) {
    const msgID = `${messageIdOf(envelope)}:${randomUUID()}`;
    await link.connection.jetstream().publish(envelope.type, encodeEnvelope(envelope), { msgID });
  }
}

/** Resolves when a service has acknowledged all that was published for it. */
export async function settled(link: OpenNats, service: ServiceDeclaration): Promise<void> {
  const manager = await link.connection.jetstreamManager({ checkAPI: false });
  await eventually(async () => {
    for (const consumer of service.consumes) {
      const stream = requireStreamOf(consumer.message, topology).name;
      const info = await manager.consumers.info(stream, durableName(service.name, consumer));
      // what was just published is not always counted among the pending yet
      const last = await lastSequence(manager, stream, consumer.message);
      const open = info.num_pending + info.num_ack_pending;
      if (open > 0 || info.delivered.stream_seq < last)
        throw new Error(`${info.name} has not acknowledged ${last} yet`);
    }
  }, 20_000);
}

/** Sequence of the newest message of a kind; 0 when there is none. */
async function lastSequence(manager: JetStreamManager, stream: string, { subject }: Message): Promise<number> {
  try {
    return (await manager.streams.getMessage(stream, { last_by_subj: filterOf(subject) })).seq;
  } catch (error) {
    if (error instanceof Error && /no message found/i.test(error.message)) return 0;
    throw error;
  }
}
