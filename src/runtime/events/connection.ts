/**
 * The connection to NATS. It reconnects forever; what ends it is a login that is refused after a reconnect, or a
 * permission violation: core publishes, acknowledgements and pulls that are denied stay silent, and only the status of the
 * connection tells.
 */
import { connect, ErrorCode, Events, type MsgHdrs, type NatsConnection, type NatsError } from 'nats';
import { openWithRetries } from '../dependency.ts';
import type { Logger } from '../log.ts';
import { askingOn, headerOf, type Ask } from './asking.ts';
import type { NatsLink } from './nats-link.ts';
import type { HeaderFields } from './request-wire.ts';
import { storedMessages } from './stored-messages.ts';
import { streamPublisher } from './stream-publisher.ts';

/** Where NATS is and who logs in. */
export interface NatsOptions {
  /** Address without credentials; several are separated by commas. */
  readonly url: string;
  /** @default - no login */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Name of the connection on the server's pages. */
  readonly name: string;
  /** First token of the inboxes; others may not subscribe to it. */
  readonly inboxPrefix: string;
  /** Milliseconds in which it must have answered at start. */
  readonly deadlineMs: number;
  readonly log: Logger;
  /** Called once when the connection has become unusable. */
  readonly onFatal: (error: Error) => void;
}

/** A connection with its client, as only the runtime itself sees it: no type of the client is public. */
export interface OpenNats extends NatsLink {
  readonly connection: NatsConnection;
  /** Sends a request and awaits its reply. */
  readonly ask: Ask;
  /** A header with these fields. */
  headersOf(fields: HeaderFields): MsgHdrs;
  /**
   * Calls a function with the subject of each message that the server denied. It returns whether it published that one, and
   * the service can go on.
   */
  onDenied(listener: (subject: string) => boolean): void;
  /** Sends what is under way, then closes. */
  close(): Promise<void>;
}

const RECONNECT_WAIT_MS = 500;
/** A connection that answers no ping is given up after two more: within 9 s. */
const PING_MS = 3000;
const DRAIN_MS = 3000;
const ACKNOWLEDGEMENT_MS = 5000;

/** Connects to NATS; waits for the server until the deadline. */
export async function openNats(options: NatsOptions): Promise<OpenNats> {
  const { log } = options;
  const connection = await openWithRetries(
    { dependency: 'nats', login: 'NATS_USER and NATS_PASSWORD', deadlineMs: options.deadlineMs },
    async () => await connectWithin(options),
  );
  const publisher = streamPublisher(connection, {
    inboxPrefix: options.inboxPrefix,
    timeoutMs: ACKNOWLEDGEMENT_MS,
  });
  const asking = askingOn(connection, options.inboxPrefix);
  const publishers = [publisher.denied, asking.denied];
  let connected = true;
  let closing = false;
  // the client forgets what the server said while it reconnects
  let knownMaxPayload = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  const reconnected: (() => void)[] = [];
  const lost: (() => void)[] = [];
  const fatal = (message: string, cause?: unknown): void => {
    if (!closing) options.onFatal(new Error(message, { cause }));
    closing = true;
  };
  void (async () => {
    for await (const { type, data, permissionContext } of connection.status()) {
      if (type === Events.Disconnect) {
        connected = false;
        publisher.disconnected();
        asking.disconnected();
        log.warn('nats connection lost, reconnecting');
        lost.forEach((listener) => listener());
      } else if (type === Events.Reconnect) {
        connected = true;
        knownMaxPayload = connection.info?.max_payload ?? knownMaxPayload;
        log.info('nats connection is back');
        reconnected.forEach((listener) => listener());
      } else if (type === Events.LDM) {
        // JetStream is gone there already, and this server waits for its clients to leave
        log.info('nats server is about to stop, reconnecting');
        // rejects where the connection is being closed
        connection.reconnect().catch(() => undefined);
      } else if (type === Events.Error && String(data) === ErrorCode.PermissionsViolation) {
        const { operation, subject = '' } = permissionContext ?? {};
        // who published it knows then
        if (operation === 'publish' && publishers.some((denied) => denied(subject))) continue;
        fatal('nats denied an operation: it is not in the declaration of this service, or nats.conf is outdated');
      }
    }
  })();
  void connection.closed().then((error) => {
    connected = false;
    fatal('nats connection is closed permanently', error ?? undefined);
  });
  return {
    connection,
    publishToStream: publisher.publish,
    ask: asking.ask,
    headersOf: headerOf,
    onDenied: (listener) => void publishers.push(listener),
    get maxPayloadBytes() {
      return connection.info?.max_payload ?? knownMaxPayload;
    },
    get connected() {
      return connected;
    },
    ...storedMessages(connection),
    onReconnect: (listener) => void reconnected.push(listener),
    onDisconnect: (listener) => void lost.push(listener),
    dependency: {
      name: 'nats',
      required: false,
      check: () => (connected ? { up: true } : { up: false, detail: 'reconnects' }),
    },
    async close() {
      closing = true;
      if (connection.isClosed()) return;
      if (!connected) return await connection.close();
      // drain waits for the server; one that has just gone must not hold up the end
      const timer = setTimeout(() => void connection.close(), DRAIN_MS);
      await connection.drain().catch(async () => await connection.close());
      clearTimeout(timer);
    },
  };
}

async function connectWithin(options: NatsOptions): Promise<NatsConnection> {
  const connecting = connect({
    servers: options.url.split(','),
    ...(options.user === undefined ? {} : { user: options.user, pass: options.password ?? '' }),
    name: options.name,
    inboxPrefix: options.inboxPrefix,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_WAIT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    // a stack kept for each request, in case it fails, costs as much as the request
    noAsyncTraces: true,
    timeout: 5000,
  });
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no server at NATS_URL')), options.deadlineMs);
  });
  try {
    return await Promise.race([connecting, deadline]);
  } catch (error) {
    // a connection that comes too late is not kept
    void connecting.then(
      async (late) => await late.close(),
      () => undefined,
    );
    throw error as NatsError;
  } finally {
    clearTimeout(timer);
  }
}
