import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An edge in front of services of one version each; what is not named answers like the web. */
export interface StandInEdge {
  readonly url: string;
  /** Versions by service; changed by tests. */
  readonly versions: Map<string, string>;
  close(): Promise<void>;
}

/** Starts one, for what answers behind a real edge is not part of these tests. */
export async function startEdge(versions: Map<string, string>): Promise<StandInEdge> {
  const server = createServer((request, response) => {
    const [, service = ''] = /^\/api\/([a-z]+)\/version$/.exec(request.url ?? '') ?? [];
    const version = versions.get(service);
    response.end(version === undefined ? '<html>' : JSON.stringify({ service, version }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, versions, close };
}
