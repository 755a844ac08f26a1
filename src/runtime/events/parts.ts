/** The parts of a service that receive messages; made by `consumer`, `transactionalConsumer` and `subscription` of a service. */
import type { DataOf, Envelope, Message, ReceivedMessage } from '#declare';
import type { DeliveryHandler, HandlingOptions } from './delivery.ts';

/** A handler of one durable. */
export interface Consumption {
  readonly message: Message;
  readonly handler: DeliveryHandler;
  readonly options: HandlingOptions;
}

/** A handler of a core message. */
export interface Subscription {
  readonly message: Message;
  readonly handler: (received: ReceivedMessage & { readonly subject: string }) => Promise<void> | void;
}

/** A core message as its handler gets it. */
export interface ReceivedCore<M extends Message> {
  readonly data: DataOf<M>;
  readonly envelope: Envelope<DataOf<M>> | undefined;
  /** Concrete subject. */
  readonly subject: string;
}
