/** As much of a Kubernetes API server as kubectl needs for Secrets: real kubectl, over a socket. It keeps no rule of the real one. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Secrets by `<namespace>/<name>`, their values by key. */
export interface SecretServer {
  readonly secrets: Map<string, Map<string, string>>;
  readonly kubeconfig: string;
  readonly stop: () => Promise<void>;
}

const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'v1',
  resources: [
    { name: 'secrets', singularName: 'secret', namespaced: true, kind: 'Secret', verbs: ['get', 'create', 'update'] },
  ],
};
const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': RESOURCES,
};

interface Written {
  readonly metadata?: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
}

/** Starts a server on a free port. */
export async function serveSecrets(): Promise<SecretServer> {
  const secrets = new Map<string, Map<string, string>>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const [status, answer] = answerTo(request, body, secrets);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    users: [{ name: 'test', user: {} }],
  });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return { secrets, kubeconfig, stop };
}

function answerTo(request: IncomingMessage, body: string, secrets: SecretServer['secrets']): [number, object] {
  const path = new URL(request.url ?? '/', 'http://server').pathname;
  const discovered = DISCOVERY[path];
  if (discovered !== undefined) return [200, discovered];
  const [, namespace = '', named] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/([^/]+))?$/.exec(path) ?? [];
  const written = (body.startsWith('{') ? JSON.parse(body) : {}) as Written;
  const name = named ?? written.metadata?.name ?? '';
  const id = `${namespace}/${name}`;
  const held = secrets.get(id);
  if (namespace === '' || (held === undefined && request.method !== 'POST')) {
    return [
      404,
      {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'NotFound',
        code: 404,
        message: `${path} not found`,
      },
    ];
  }
  const values = held ?? new Map<string, string>();
  for (const [key, value] of Object.entries(written.stringData ?? {})) values.set(key, value);
  secrets.set(id, values);
  const data = Object.fromEntries([...values].map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  return [200, { kind: 'Secret', apiVersion: 'v1', metadata: { name, namespace }, data }];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
