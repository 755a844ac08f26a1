import {
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { EdgeRoute } from './ingress-routes.ts';
import { routeOf } from './ingress-routes.ts';
import { freePort, LOOPBACK } from './servers/index.ts';

/** How the edge finds the instance that takes a request. */
export interface EdgePlan {
  readonly port: number;
  readonly routes: readonly EdgeRoute[];
  /** Local port of a ready instance behind a route; undefined when there is none. */
  readonly pick: (route: EdgeRoute) => number | undefined;
}

/** The running edge. */
export interface Edge {
  readonly url: string;
  readonly port: number;
  /** Takes no new connection, and ends the open ones when `drained` is fulfilled. */
  stop(drained?: Promise<unknown>): Promise<void>;
}

const LOOPBACK_6 = '::1';
/** What a system without IPv6 says. */
const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];
/** So many ports that are free on 127.0.0.1 are tried: others may listen on ::1 alone. */
const EDGE_PORT_TRIES = 10;
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
];

/** Starts the router that stands where the Ingress controller stands in a cluster: it routes by path and never strips. */
export async function startEdge(plan: EdgePlan): Promise<Edge> {
  const sockets = new Set<Socket>();
  const listening = await listenOnLoopback(plan.port, () => edgeServer(plan, sockets));
  return {
    port: plan.port,
    url: `http://${LOOPBACK}:${plan.port}`,
    stop: async (drained = Promise.resolve()) => {
      const closed = listening.map(async (server) => await new Promise((resolve) => server.close(resolve)));
      await drained;
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

/** Throws when the edge could not listen on a port, before anything is started for it. */
export async function assertEdgePortFree(port: number): Promise<void> {
  for (const server of await listenOnLoopback(port, createServer)) {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A free port that the edge can listen on. */
export async function freeEdgePort(): Promise<number> {
  for (let left = EDGE_PORT_TRIES; ; left--) {
    const port = await freePort();
    try {
      await assertEdgePortFree(port);
      return port;
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}

function edgeServer(plan: EdgePlan, sockets: Set<Socket>): Server {
  const server = createServer((asked, answer) => forward(plan, asked, answer));
  // Uploads and streams of events last as long as they last.
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  server.keepAliveTimeout = 65_000;
  server.on('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => tunnel(plan, asked, socket, head));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return server;
}

function forward(plan: EdgePlan, asked: IncomingMessage, answer: ServerResponse): void {
  const elsewhere = pageAtOwnHost(asked);
  if (elsewhere !== undefined) return void answer.writeHead(307, { location: elsewhere }).end();
  const port = targetOf(plan, asked);
  if (port === undefined) {
    asked.resume();
    refuse(answer, 503, 'no instance is ready for this path');
    return;
  }
  const upstream = request(upstreamOptions(asked, port), (given) => {
    answer.writeHead(given.statusCode ?? 502, given.statusMessage, withoutHops(given.rawHeaders));
    answer.flushHeaders();
    pipeline(given, answer, () => drain(asked, upstream));
  });
  upstream.setNoDelay(true);
  upstream.on('error', (error) => {
    drain(asked, upstream);
    if (!answer.headersSent) refuse(answer, 502, `the instance did not answer: ${error.message}`);
  });
  answer.on('close', () => upstream.destroy());
  // No pipeline here: it would end the client's connection with an instance that answers before it has read all.
  asked.on('error', () => upstream.destroy());
  asked.pipe(upstream);
}

/** Where a page that was asked for at localhost is: its log-in would be refused there, since that is another origin than PUBLIC_ORIGIN. */
function pageAtOwnHost({ method, url, headers }: IncomingMessage): string | undefined {
  const atLocalhost = /^(?:localhost|\[::1\])(:\d+)?$/.exec(headers.host ?? '');
  if (atLocalhost === null) return undefined;
  if (method !== 'GET' || headers.accept?.includes('text/html') !== true) return undefined;
  return `http://${LOOPBACK}${atLocalhost[1] ?? ''}${url ?? '/'}`;
}

/** Lets the rest of a body pass unread, so that the client comes to read the answer. */
function drain(asked: IncomingMessage, upstream: ClientRequest): void {
  asked.unpipe(upstream);
  asked.resume();
}

/** Joins the two connections once the instance agreed to the upgrade, as for websockets. */
function tunnel(plan: EdgePlan, asked: IncomingMessage, socket: Socket, head: Buffer): void {
  socket.on('error', () => socket.destroy());
  const port = targetOf(plan, asked);
  if (port === undefined) return void socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
  const upstream = connect({ host: LOOPBACK, port }, () => {
    const lines = [...headerPairs(asked.rawHeaders), ...forwardedHeaders(asked)].map(
      ([name, value]) => `${name}: ${value}`,
    );
    upstream.write(`${asked.method ?? 'GET'} ${asked.url ?? '/'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
  upstream.on('close', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
}

function targetOf({ routes, pick }: EdgePlan, asked: IncomingMessage): number | undefined {
  const route = routeOf(routes, (asked.url ?? '/').split('?')[0] ?? '/');
  return route === undefined ? undefined : pick(route);
}

/** A connection of its own for each request: one kept alive may be closed by a restarting instance at the wrong moment. */
function upstreamOptions(asked: IncomingMessage, port: number): RequestOptions {
  const headers = [...headerPairs(withoutHops(asked.rawHeaders)), ...forwardedHeaders(asked)].flat();
  const framing = asked.headers['transfer-encoding'] === undefined ? [] : ['transfer-encoding', 'chunked'];
  return {
    host: LOOPBACK,
    port,
    method: asked.method ?? 'GET',
    path: asked.url ?? '/',
    agent: false,
    headers: [...headers, ...framing, 'connection', 'close'],
  };
}

/** Overwritten, as by an ingress that trusts no client: what a client claims about itself is dropped. */
function forwardedHeaders(asked: IncomingMessage): [string, string][] {
  const client = (asked.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return [
    ['x-forwarded-for', client],
    ['x-real-ip', client],
    ['x-forwarded-proto', 'http'],
    ['x-forwarded-host', asked.headers.host ?? ''],
    ['x-forwarded-port', String(asked.socket.localPort ?? '')],
  ];
}

const REWRITTEN = [
  'x-forwarded-for',
  'x-real-ip',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'forwarded',
];

function headerPairs(raw: readonly string[]): [string, string][] {
  return raw
    .flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : []))
    .filter(([name]) => !REWRITTEN.includes(name.toLowerCase()));
}

function withoutHops(raw: readonly string[]): string[] {
  return raw.filter((_, at) => !HOP_BY_HOP.includes((raw[at - (at % 2)] ?? '').toLowerCase()));
}

function refuse(answer: ServerResponse, status: number, detail: string): void {
  const problem = { type: 'about:blank', status, title: 'Edge', code: 'edge-unavailable', detail };
  answer.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '1' });
  answer.end(JSON.stringify(problem));
}

/** Servers on a port of each loopback address: `localhost` may be either one. Where there is no IPv6, on one alone. */
async function listenOnLoopback(port: number, create: () => Server): Promise<Server[]> {
  const servers: Server[] = [];
  try {
    for (const host of [LOOPBACK, LOOPBACK_6]) {
      const server = create();
      if (await listens(server, host, port)) servers.push(server);
    }
    return servers;
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

async function listens(server: Server, host: string, port: number): Promise<boolean> {
  return await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const { code = '' } = error;
      if (host === LOOPBACK_6 && NO_SUCH_ADDRESS.includes(code)) return void resolve(false);
      const way = code === 'EADDRINUSE' ? `port ${port} is in use: choose another with --port` : error.message;
      reject(new Error(`the edge cannot listen on ${host} port ${port}: ${way}`));
    });
    server.listen(port, host, () => resolve(true));
  });
}
