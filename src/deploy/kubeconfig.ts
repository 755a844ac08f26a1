/** A kubeconfig with one cluster and one account, made from the administrator's own and a token of the deployer. */
import { open, rename, rm } from 'node:fs/promises';
import { stringify } from 'yaml';
import { Cursor } from '#manifests';
import { Kubectl } from './kubectl/kubectl.ts';

/** What is asked for. */
export interface KubeconfigOptions {
  readonly namespace: string;
  readonly account: string;
  readonly duration: string;
  readonly context: string | undefined;
  /** Address of the API server as the deployer reaches it; undefined for the administrator's own. */
  readonly server: string | undefined;
  /** File; undefined for standard output. */
  readonly out: string | undefined;
}

/** Asks for a token and writes it down beside the cluster's address and certificate. Throws with kubectl's words. */
export async function makeKubeconfig(options: KubeconfigOptions): Promise<string> {
  const { namespace, account, duration, context } = options;
  const kubectl = new Kubectl({ context, namespace }, new AbortController().signal);
  const config = await kubectl.json(['config', 'view', '--minify', '--flatten', '--raw']);
  const token = await kubectl.run(['create', 'token', account, `--duration=${duration}`]);
  if (token.code !== 0) throw new Error(`${token.err.trim()}: apply dist/bootstrap first, as an administrator`);
  return kubeconfigText(config, token.out.trim(), options);
}

/** The text of it: of the administrator's own only the cluster is taken, no credential. */
export function kubeconfigText(
  config: unknown,
  token: string,
  { namespace, account, server }: Pick<KubeconfigOptions, 'namespace' | 'account' | 'server'>,
): string {
  const cluster = new Cursor(config).at('clusters', 0, 'cluster').value;
  if (cluster === undefined) throw new Error('the current kubeconfig has no cluster: set --context');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': account,
    clusters: [{ name: 'cluster', cluster: { ...cluster, ...(server === undefined ? {} : { server }) } }],
    users: [{ name: account, user: { token } }],
    contexts: [{ name: account, context: { cluster: 'cluster', user: account, namespace } }],
  });
}

/** Writes a file that only its owner may read, at once and as a whole, whatever the rights of an older one were. */
export async function writeKubeconfig(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.part`;
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.close();
    await rename(unfinished, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    throw error;
  }
}
