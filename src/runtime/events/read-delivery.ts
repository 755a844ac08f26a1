import { messageIdOf, type DataOf, type Envelope, type Message, type ReceivedMessage } from '#declare';
import type { JsMsg } from 'nats';
import type { Logger } from '../log.ts';
import type { Delivery } from './delivery.ts';
import { placeOf, storedAtOf } from './message-place.ts';

/** What a delivery has of the durable that it came by. */
export type DeliveryPlace = Pick<Delivery, 'durable' | 'stream' | 'attempt' | 'lastAttempt' | 'signal'>;

/**
 * A message that was read, as its handler gets it. A class, because V8 keeps object literals with getters beyond every young
 * collection: bound-call.ts.
 */
export class ReadDelivery<M extends Message> implements Delivery<M> {
  readonly id: string;
  readonly formerId: string | undefined;
  readonly data: DataOf<M>;
  readonly envelope: Envelope<DataOf<M>> | undefined;
  readonly subject: string;
  readonly durable: string;
  readonly stream: string;
  readonly streamSequence: number;
  readonly attempt: number;
  readonly lastAttempt: boolean;
  readonly signal: AbortSignal;
  readonly #message: JsMsg;
  readonly #parentLog: Logger;
  #log: Logger | undefined;

  constructor(message: JsMsg, { envelope, data }: ReceivedMessage<DataOf<M>>, place: DeliveryPlace, log: Logger) {
    this.id = envelope === undefined ? placeOf(place.stream, message) : messageIdOf(envelope);
    this.formerId = envelope === undefined ? `${place.stream}:${message.seq}` : undefined;
    this.data = data;
    this.envelope = envelope;
    this.subject = message.subject;
    this.durable = place.durable;
    this.stream = place.stream;
    this.streamSequence = message.seq;
    this.attempt = place.attempt;
    this.lastAttempt = place.lastAttempt;
    this.signal = place.signal;
    this.#message = message;
    this.#parentLog = log;
  }

  working(): void {
    this.#message.working();
  }

  get storedAt(): Date {
    return storedAtOf(this.#message);
  }

  get log(): Logger {
    const { durable, envelope, attempt } = this;
    return (this.#log ??= this.#parentLog.child({ durable, messageId: envelope?.id, attempt }));
  }
}
