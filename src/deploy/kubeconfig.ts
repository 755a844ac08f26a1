/** A kubeconfig with one cluster and one account, made from the administrator's own and a token of the deployer. */
import { open, rename, rm } from 'node:fs/promises';
import { stringify } from 'yaml';
import { readArguments, UsageError } from '#command-line';
import { Cursor } from '#manifests';
import { durationMs } from './duration.ts';
import { Kubectl } from './kubectl.ts';

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

export const KUBECONFIG_HELP = `usage: npm run -s deploy:kubeconfig -- [options]

Makes a kubeconfig for the deployer of dist/bootstrap from a token of its ServiceAccount (kubectl create token).
Run it as an administrator. The token is written nowhere but there.

  --namespace NAME      the account's namespace                         (default: video-service)
  --account NAME        the ServiceAccount                              (default: deployer)
  --duration DURATION   the token ends after it; the server may say sooner   (default: 1h)
  --server URL          the API server as the deployer reaches it       (default: as your kubeconfig has it)
  --out FILE            a file that you alone may read                  (default: standard output)
  --context NAME        your context of kubectl                         (default: its current one)
  --help                this text
`;

const OPTIONS = {
  namespace: { type: 'string', short: 'n', default: 'video-service' },
  account: { type: 'string', default: 'deployer' },
  duration: { type: 'string', default: '1h' },
  server: { type: 'string' },
  out: { type: 'string' },
  context: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The options of a command line; undefined when it asks for help. Throws `UsageError`. */
export function kubeconfigOptions(args: readonly string[]): KubeconfigOptions | undefined {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) return undefined;
  if (positionals.length > 0)
    throw new UsageError(`deploy:kubeconfig takes options alone, not ${positionals.join(' ')}`);
  if ((durationMs(values.duration) ?? 0) < 600_000) {
    throw new UsageError(
      `--duration is ${values.duration}, it is 10m or longer: the API server gives no shorter token`,
    );
  }
  const { namespace, account, duration, context, server, out } = values;
  return { namespace, account, duration, context, server, out };
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
  if (cluster === undefined) throw new Error('the kubeconfig in use names no cluster: give --context');
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
