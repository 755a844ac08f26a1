import { topology } from '#catalog';
import { durableName, encodeEnvelope, requireStreamOf, type Message, type ServiceDeclaration } from '#declare';
import { readyMessage } from '#runtime/outbox/ready-message';
import type { OpenNats } from '#runtime/events/connection';
import type { Database, Outgoing } from '#runtime';
import { eventually } from './eventually.ts';

/**
 * Puts a message of another service into its stream, as often as asked under one id: without the header by which the stream
 * would drop a duplicate, so that the consumer gets each. Gives the id under which an inbox knows it.
 */
export async function deliver<M extends Message>(
  link: OpenNats,
  source: string,
  message: M,
  outgoing: Outgoing<M>,
  times = 1,
): Promise<string> {
  const { subject, messageId, envelope } = readyMessage(source, message, outgoing);
  for (let i = 0; i < times; i += 1) await link.connection.jetstream().publish(subject, encodeEnvelope(envelope));
  return messageId;
}

/** Resolves when a service's inbox has a message. */
export async function handled<Tables>(db: Database<Tables>, messageId: string): Promise<void> {
  const inbox = db as unknown as Database;
  await eventually(async () => {
    const row = await inbox
      .selectFrom('inbox')
      .select('consumer')
      .where('message_id', '=', messageId)
      .executeTakeFirst();
    if (row === undefined) throw new Error(`message ${messageId} was not handled`);
  });
}

/** Resolves when the durables of a service have nothing left, neither to be delivered nor to be acknowledged. */
export async function drained(link: OpenNats, service: ServiceDeclaration): Promise<void> {
  const manager = await link.connection.jetstreamManager();
  for (const consumer of service.consumes) {
    const { name: stream } = requireStreamOf(consumer.message, topology);
    const durable = durableName(service.name, consumer);
    await eventually(async () => {
      const { num_pending, num_ack_pending } = await manager.consumers.info(stream, durable);
      if (num_pending + num_ack_pending > 0) throw new Error(`${durable} has ${num_pending}+${num_ack_pending} left`);
    });
  }
}
