/** States of a server or of an instance of a service, in the order in which a good one passes them; a job completes. */
export type LocalState = 'starting' | 'ready' | 'unready' | 'failed' | 'completed' | 'stopping' | 'stopped';

/** One thing that happened in the local platform; `--json` prints each as a line. */
export type LocalEvent =
  | {
      /** A server or an instance of a service changed its state. */
      readonly event: 'state';
      /** What it is: PostgreSQL, Redis and NATS are servers. */
      readonly kind: 'server' | 'instance';
      /** Its name, such as `nats` or `auth-0`. */
      readonly name: string;
      readonly state: LocalState;
      /** Local port; absent before it has one. */
      readonly port?: number;
      /** Why, where the state is not a good one. */
      readonly reason?: string;
    }
  | { readonly event: 'notice'; readonly text: string }
  | { readonly event: 'log'; readonly name: string; readonly line: string }
  | { readonly event: 'ready'; readonly ready: true; readonly url: string };

/** Takes each event as it happens. */
export type EventSink = (event: LocalEvent) => void;

/** Shows events on the terminal. */
export interface EventReporter {
  readonly report: EventSink;
  /** Leaves the terminal as it was found. */
  end(): void;
}
