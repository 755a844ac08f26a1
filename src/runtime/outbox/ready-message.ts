/**
 * The outbox: a message is written in the transaction of the change that it reports, and published after the commit by a
 * relay. Kill the process in between and the next relay publishes it; kill it between publishing and deleting and it is
 * published again under the same id, which the stream drops or the inbox of its consumer does.
 */
import { randomUUID } from 'node:crypto';
import { encodeEnvelope, envelopeOf, messageIdOf, subjectOf } from '#declare';
import type { DataOf, Envelope, Message, SubjectParameters, SubjectValues } from '#declare';
import { currentContext } from '../spans.ts';

/** What is said with a message, besides its kind. */
export type Outgoing<M extends Message> = {
  /** What the declaration calls `payload`. */
  readonly data: DataOf<M>;
  /** Id of the aggregate that it is about; its messages keep their order. */
  readonly aggregate: string;
  /** Unique among all that the service publishes. @default - a random UUID */
  readonly id?: string;
  /** When it happened. @default - now */
  readonly time?: Date;
} & ([SubjectParameters<M['subject']>] extends [never]
  ? {
      /** The subject has no parameters. @default - none */
      readonly values?: undefined;
    }
  : {
      /** Values of the parameters in the subject. */
      readonly values: SubjectValues<M['subject']>;
    });

/** A message ready to be published. */
export interface ReadyMessage {
  readonly subject: string;
  /** Value of `Nats-Msg-Id`. */
  readonly messageId: string;
  readonly envelope: Envelope;
  /** The envelope as it is published. */
  readonly bytes: Uint8Array;
}

/** Longest message in bytes: an envelope, a question or a reply; below the 1 MiB that nats-server takes. */
export const MAX_MESSAGE_BYTES = 900_000;

/** Checks a message and puts it into its envelope, with the trace of what runs now. Throws a `MessageError`. */
export function readyMessage<M extends Message>(source: string, message: M, outgoing: Outgoing<M>): ReadyMessage {
  const context = currentContext();
  const envelope = envelopeOf(message, {
    id: outgoing.id ?? randomUUID(),
    time: outgoing.time ?? new Date(),
    source,
    subject: outgoing.aggregate,
    data: outgoing.data,
    traceparent: context?.traceparent,
    tracestate: context?.tracestate,
  });
  const bytes = encodeEnvelope(envelope);
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new Error(`message ${message.subject} is ${bytes.length} bytes, must be at most ${MAX_MESSAGE_BYTES}`);
  }
  const values = (outgoing.values ?? {}) as SubjectValues<M['subject']>;
  return {
    subject: subjectOf<M['subject']>(message.subject, values),
    messageId: messageIdOf(envelope),
    envelope,
    bytes,
  };
}
