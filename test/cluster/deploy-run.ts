import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseAllDocuments, stringify } from 'yaml';
import type { ClusterAddress } from '#test-support/cluster/cluster';

/** A line of `--json`. */
export interface DeployLine {
  readonly event: string;
  readonly step?: string;
  readonly object?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly text?: string;
  readonly next?: string;
  readonly change?: string;
  readonly outcome?: string;
  readonly exitCode?: number;
  readonly evidence?: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

/** What a run came to. */
export interface DeployRun {
  readonly code: number;
  readonly lines: readonly DeployLine[];
  readonly faults: readonly DeployLine[];
  /** All that it wrote. */
  readonly output: string;
}

/** Runs a script of deploy/ as `npm run` does, with the kubectl that belongs to the cluster. */
export async function runScript(
  cluster: ClusterAddress,
  script: 'deploy' | 'deploy-kubeconfig',
  args: readonly string[],
  kubeconfig: string,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const path = [dirname(cluster.programs.kubectl), process.env.PATH ?? ''].join(delimiter);
  const env = {
    ...process.env,
    PATH: path,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(cluster.folder, 'kubectl-cache'),
  };
  const child = spawn(process.execPath, ['--import', 'tsx', `deploy/${script}.ts`, ...args], { env });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: (code as number | null) ?? -1, stdout, stderr };
}

/** Runs `npm run deploy -- --json` with more arguments. */
export async function runDeploy(
  cluster: ClusterAddress,
  args: readonly string[],
  kubeconfig: string,
): Promise<DeployRun> {
  const { code, stdout, stderr } = await runScript(cluster, 'deploy', ['--json', ...args], kubeconfig);
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DeployLine);
  const faults = lines.filter(({ event, step }) => event === 'fault' && step !== 'undo');
  return { code, lines, faults, output: `${stdout}${stderr}` };
}

type Fields = Record<string, unknown>;

/** A copy of a folder of manifests in which some objects are other; `undefined` leaves a file out. */
export function changedFolder(
  cluster: ClusterAddress,
  dist: string,
  changes: Readonly<Record<string, ((object: Fields) => void) | undefined>>,
): string {
  const folder = mkdtempSync(join(cluster.folder, 'changed-'));
  for (const name of readdirSync(dist).filter((it) => it.endsWith('.yaml')))
    cpSync(join(dist, name), join(folder, name));
  for (const [name, change] of Object.entries(changes)) {
    const file = join(folder, name);
    if (change === undefined) {
      rmSync(file);
      continue;
    }
    const documents = parseAllDocuments(readFileSync(file, 'utf8')) as { toJS: () => unknown }[];
    const objects = documents.map((document) => document.toJS() as Fields);
    objects.forEach(change);
    writeFileSync(file, objects.map((object) => stringify(object)).join('---\n'));
  }
  return folder;
}

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
