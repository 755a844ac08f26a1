/** A real HTTP server that is the origin of the page under test: relative addresses lead to it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** The server, and what it received. */
export interface Origin {
  readonly received: readonly Received[];
  /** What answers from now on. */
  answer: (request: Received, response: ServerResponse) => void;
  close(): Promise<void>;
}

/** Starts an origin and moves the page there. */
export async function startOrigin(answer: Origin['answer'] = (_, response) => response.writeHead(204).end()) {
  const received: Received[] = [];
  const origin: Origin = {
    received,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      received.push(one);
      origin.answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  movePage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return origin;
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'x-request-id': 'req-1', ...headers });
  response.end(JSON.stringify(body));
}

/** A problem as the services send it. */
export function problem(status: number, code: string, extra: Record<string, unknown> = {}) {
  return { type: `/problems/${code}`, status, code, title: `title of ${code}`, requestId: 'req-1', ...extra };
}

function movePage(url: string): void {
  (globalThis as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(url);
}
