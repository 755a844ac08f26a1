/** The line between a browser and the platform, which can be cut: an HTTP proxy for all that the browser asks. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A line. */
export interface NetworkLine {
  /** Address of the proxy. */
  readonly url: string;
  /** Breaks all connections, and lets none come up until it is mended. */
  cut(): void;
  mend(): void;
  close(): void;
}

/** Lays a line. */
export async function layNetworkLine(): Promise<NetworkLine> {
  let whole = true;
  const server = createServer((asked, answer) => {
    const { method, headers, url = '' } = asked;
    const passedOn = request(url, { method, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passedOn.once('error', () => answer.destroy());
    answer.once('close', () => passedOn.destroy());
    asked.pipe(passedOn);
  });
  server.on('connection', (socket) => {
    if (!whole) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      whole = false;
      server.closeAllConnections();
    },
    mend: () => (whole = true),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
