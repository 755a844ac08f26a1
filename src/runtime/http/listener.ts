import type { Express } from 'express';
import { createServer, type Server } from 'node:http';
import { Server as NetServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from '../start-error.ts';
import { messagesOf } from './express-messages.ts';

/** An app that listens. */
export interface HttpListener {
  /** Port that it listens at. */
  readonly port: number;
  readonly server: Server;
  /** Stops accepting, lets running requests finish, closes idle connections; after `patienceMs` closes all. */
  close(patienceMs: number): Promise<void>;
}

/** A kept-alive connection outlives the proxies' own limit, so that the proxy closes it and not we under its request. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_MS = 70_000;
/** No request for so long, and none is on its way over a connection that a client believes to be open. */
const QUIET_MS = 100;
/** Longest wait for that quiet. */
const UNREST_MS = 1000;

/**
 * Listens. A body may take as long as it needs: uploads and streams have limits of their own. Throws a `StartError` where the
 * port cannot be had.
 */
export async function listenHttp(
  app: Express,
  options: {
    readonly port: number;
    readonly host?: string | undefined;
    /** Whether messages are born as Express's, see express-messages.ts. @default true */
    readonly expressMessages?: boolean;
  },
): Promise<HttpListener> {
  const server = createServer(options.expressMessages === false ? {} : messagesOf(app), app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, options)));
    server.listen(options.port, options.host, resolve);
  });
  let lastRequestAt = 0;
  server.on('request', () => {
    lastRequestAt = performance.now();
  });
  const untilQuiet = async (): Promise<void> => {
    const startedAt = performance.now();
    do await pause(QUIET_MS);
    while (performance.now() - lastRequestAt < QUIET_MS && performance.now() - startedAt < UNREST_MS);
  };
  return {
    port: (server.address() as AddressInfo).port,
    server,
    async close(patienceMs) {
      const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
      const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
      await untilQuiet();
      // not the http server's own close, which would cut idle connections under a request that is on its way
      NetServer.prototype.close.call(server);
      await untilQuiet();
      server.closeIdleConnections();
      const sweep = setInterval(() => server.closeIdleConnections(), QUIET_MS);
      await closed;
      clearInterval(sweep);
      clearTimeout(timer);
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use: stop the process that listens there, or set PORT to another one',
  EACCES: 'may not be used by this user: set PORT to one above 1023',
  EADDRNOTAVAIL: 'is no address of this machine: correct HOST, or leave it unset for all addresses',
};

function listenError(
  error: NodeJS.ErrnoException,
  { port, host }: { readonly port: number; readonly host?: string | undefined },
): Error {
  const reason = REASONS[error.code ?? ''];
  if (reason === undefined) return error;
  const place = error.code === 'EADDRNOTAVAIL' ? `host ${host}` : `port ${port}`;
  return new StartError(`${place} ${reason}`, { cause: error });
}
