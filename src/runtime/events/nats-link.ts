import type { Dependency } from '../dependency.ts';
import type { StreamPublisher } from './stream-publisher.ts';

/** A message as a stream stores it. */
export interface StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly data: Uint8Array;
  /** When the stream stored it. */
  readonly time: Date;
}

/** The connection of a service to NATS. It reconnects forever. */
export interface NatsLink {
  /** Whether the server is there at this moment. */
  readonly connected: boolean;
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
    readonly subject?: string;
  }): Promise<StoredMessage | undefined>;
  /** Deletes a message of a stream (idempotent). The declaration must have the stream in `jetstream.deletes`. */
  deleteMessage(place: { readonly stream: string; readonly sequence: number }): Promise<void>;
}
