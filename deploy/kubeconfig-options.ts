import { durationMs, type KubeconfigOptions } from '#deploy';
import { readArguments, UsageError } from '#command-line';

export const KUBECONFIG_HELP = `usage: npm run -s deploy:kubeconfig -- [options]

Creates a kubeconfig for the deployer of dist/bootstrap with a token of its ServiceAccount (kubectl create token).
Run it as an administrator. The token is written only to the kubeconfig.

  --namespace NAME      the account's namespace                         (default: video-service)
  --account NAME        the ServiceAccount                              (default: deployer)
  --duration DURATION   lifetime of the token; the server may shorten it     (default: 1h)
  --server URL          address of the API server for the deployer      (default: the one in your kubeconfig)
  --out FILE            a file that only you can read                   (default: standard output)
  --context NAME        your kubectl context                            (default: its current one)
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
    throw new UsageError(`deploy:kubeconfig takes only options, not ${positionals.join(' ')}`);
  if ((durationMs(values.duration) ?? 0) < 600_000) {
    throw new UsageError(
      `--duration is ${values.duration}, must be 10m or longer: the API server issues no shorter token`,
    );
  }
  const { namespace, account, duration, context, server, out } = values;
  return { namespace, account, duration, context, server, out };
}
