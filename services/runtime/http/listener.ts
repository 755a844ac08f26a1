import type { Express } from 'express';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

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
/** Time in which requests that are on their way over kept-alive connections still arrive and are answered. */
const LAST_REQUESTS_MS = 150;

/** Listens. A body may take as long as it needs: uploads and streams have limits of their own. */
export async function listenHttp(
  app: Express,
  options: { readonly port: number; readonly host?: string | undefined },
): Promise<HttpListener> {
  const server = createServer(app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    server,
    async close(patienceMs) {
      await pause(LAST_REQUESTS_MS);
      const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      clearTimeout(timer);
    },
  };
}
