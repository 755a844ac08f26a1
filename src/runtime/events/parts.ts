/**
 * The parts of a service that receive messages; made by `consumer`, `transactionalConsumer`,
 * `subscription` and `responder` of a service.
 */
import type {
  DataOf,
  Envelope,
  Message,
  NatsRequest,
  ReceivedMessage,
  ReplyOf,
  RequestOf,
  SubjectValues,
} from '#declare';
import type { Logger } from '../log.ts';
import type { DeliveryHandler, HandlingOptions } from './delivery.ts';

/** A handler of one durable. */
export interface Consumption {
  /** What it consumes. */
  readonly message: Message;
  /** Called for each delivery. */
  readonly handler: DeliveryHandler;
  /** How deliveries are handled. */
  readonly options: HandlingOptions;
}

/** A handler of a core message. */
export interface Subscription {
  /** What it subscribes to. */
  readonly message: Message;
  /** Called for each message, with its concrete subject. */
  readonly handler: (received: ReceivedMessage & { readonly subject: string }) => Promise<void> | void;
}

/** A core message as its handler gets it. */
export interface ReceivedCore<M extends Message> {
  /** Its data, validated against the payload of the declaration. */
  readonly data: DataOf<M>;
  /** Its envelope; undefined if it is external. */
  readonly envelope: Envelope<DataOf<M>> | undefined;
  /** Concrete subject. */
  readonly subject: string;
}

/** A request as its handler gets it. */
export interface ReceivedRequest<R extends NatsRequest = NatsRequest> {
  /** The question, validated. */
  readonly data: RequestOf<R>;
  /** Concrete subject. */
  readonly subject: string;
  /** Values of the `{parameters}` of the subject. */
  readonly values: SubjectValues<R['subject']>;
  /**
   * Aborts when the caller has gone, as far as the responder can know: when its time limit has passed since the request was
   * received. A caller that crashed or stopped waiting before that is not noticed. It also aborts when the service ends and
   * does not wait longer.
   */
  readonly signal: AbortSignal;
  /** Logger whose lines carry the subject. */
  readonly log: Logger;
}

/** Answers a request. It returns the reply; what it throws refuses the request. */
export type ResponderHandler<R extends NatsRequest = NatsRequest> = (
  received: ReceivedRequest<R>,
) => Promise<ReplyOf<R>> | ReplyOf<R>;

/** A handler of a request. */
export interface Responder {
  /** The request that it answers. */
  readonly request: NatsRequest;
  /** What answers it. */
  readonly handler: ResponderHandler;
}
