/** What the API server asks a kubelet for when somebody wants logs: `/containerLogs/<namespace>/<pod>/<container>`. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LOOPBACK } from '#local';
import { faultOf, lastWords } from './container-outcome.ts';
import type { Pod } from './pod.ts';

/** The server; only those who reach the loopback address can ask. */
export interface KubeletServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the logs of the pods, by `<namespace>/<name>`, which may change while it runs. */
export async function startKubeletServer(
  tls: { readonly key: string; readonly cert: string },
  pods: ReadonlyMap<string, Pod>,
): Promise<KubeletServer> {
  const server = createServer(tls, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://kubelet');
    const [, verb, namespace = '', name = '', container = ''] = pathname.split('/');
    const pod = pods.get(`${namespace}/${name}`);
    const logs = verb === 'containerLogs' && pod !== undefined ? logsOf(pod, container, searchParams) : undefined;
    if (logs === undefined) response.writeHead(404).end(`container "${container}" of pod "${name}" has no such logs`);
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(logs);
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function logsOf(pod: Pod, name: string, asked: URLSearchParams): string | undefined {
  const container = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((it) => it.name === name);
  if (container === undefined) return undefined;
  const crashing = faultOf(container.image) === 'crashing';
  const lines = crashing ? lastWords(container) : asked.get('previous') === 'true' ? undefined : `${name} runs\n`;
  const kept = Number(asked.get('tailLines') ?? 'NaN');
  return Number.isNaN(kept)
    ? lines
    : lines
        ?.split('\n')
        .slice(-kept - 1)
        .join('\n');
}
