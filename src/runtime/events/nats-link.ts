import type { Dependency } from '../dependency.ts';
import type { StreamPublisher } from './stream-publisher.ts';

/** A message as a stream stores it. */
export interface StoredMessage {
  /** Concrete subject. */
  readonly subject: string;
  /** Sequence in the stream. */
  readonly sequence: number;
  /** Bytes of the message. */
  readonly data: Uint8Array;
  /** When the stream stored it. */
  readonly time: Date;
  /** The same in nanoseconds since 1970, as a decimal number: with stream and sequence, the identity of the message. */
  readonly nanoseconds: string;
}

/** The connection of a service to NATS. It reconnects forever. */
export interface NatsLink {
  /** Whether the server is there at this moment. */
  readonly connected: boolean;
  /** Bytes of the largest message that the server takes. */
  readonly maxPayloadBytes: number;
  /** Publishes bytes to a stream. */
  readonly publishToStream: StreamPublisher;
  /** NATS for `/readyz`. */
  readonly dependency: Dependency;
  /** Calls a function at each reconnect. */
  onReconnect(listener: () => void): void;
  /** Calls a function at each loss of the connection. */
  onDisconnect(listener: () => void): void;
  /**
   * The message at a sequence of a stream, or, with a subject, the first on it from there on; undefined when it or the stream
   * is gone. The declaration must have the stream in `jetstream.reads`.
   */
  messageAt(place: {
    readonly stream: string;
    readonly sequence: number;
    /** Subject, with wildcards. @default - the message of exactly that sequence */
    readonly subject?: string;
  }): Promise<StoredMessage | undefined>;
  /** Deletes a message of a stream (idempotent). The declaration must have the stream in `jetstream.deletes`. */
  deleteMessage(place: { readonly stream: string; readonly sequence: number }): Promise<void>;
}
