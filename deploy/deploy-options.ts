import { durationMs, type DeployOptions } from '#deploy';
import { readArguments, UsageError } from '#command-line';

export const HELP = `usage: npm run deploy -- [options]

Runs a preflight, applies dist, waits until every workload runs it, and checks that the edge answers with the new version.
Needs kubectl, and an account with the rights of dist/bootstrap. Never prints a password.

  --dist FOLDER         manifests; only *.yaml directly in it                  (default: dist)
  --context NAME        kubectl's context                                      (default: its current one)
  --namespace NAME      namespace of the objects                               (default: the one in dist)
  --url URL             address of the edge, to check service versions         (default: the host of dist's Ingress)
  --skip-edge           do not check the edge: only for a cluster without one
  --timeout DURATION    timeout of the whole run, such as 90s or 10m           (default: 10m)
  --dry-run             stop before changing anything, and show what would change
  --prune               delete objects that this command deployed and that are no longer in dist;
                        never a PersistentVolumeClaim, Secret or Namespace
  --undo-on-failure     if the wait or the checks fail, apply the previous state and wait for it,
                        for up to --timeout again
  --force-conflicts     take over fields that another field manager has set
  --json                print one JSON object per line
  --help                this text

Exit code: 0 done, 1 a bug in this command, 2 wrong usage or dist cannot be read, 3 preflight (nothing was changed),
4 apply, 5 wait, 6 checks, 7 prune, 130 stopped by a signal.
`;

const OPTIONS = {
  dist: { type: 'string', default: 'dist' },
  context: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
  url: { type: 'string' },
  'skip-edge': { type: 'boolean', default: false },
  timeout: { type: 'string', default: '10m' },
  'dry-run': { type: 'boolean', default: false },
  prune: { type: 'boolean', default: false },
  'undo-on-failure': { type: 'boolean', default: false },
  'force-conflicts': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The options of a command line; undefined when it asks for help. Throws `UsageError`. */
export function deployOptions(args: readonly string[]): DeployOptions | undefined {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) return undefined;
  const [word] = positionals;
  if (word !== undefined) throw new UsageError(`deploy takes only options, not ${word}: see --help`);
  const timeoutMs = durationMs(values.timeout);
  if (timeoutMs === undefined || timeoutMs === 0) {
    throw new UsageError(`--timeout is ${values.timeout}, must be a duration such as 90s or 10m`);
  }
  if (values.url !== undefined && !(/^https?:\/\//.test(values.url) && URL.canParse(values.url))) {
    throw new UsageError(`--url is ${values.url}, must be an address such as https://video.example.org`);
  }
  if (values.url !== undefined && values['skip-edge']) throw new UsageError('--url and --skip-edge cannot be combined');
  return {
    dist: values.dist,
    context: values.context,
    namespace: values.namespace,
    url: values.url,
    skipsEdge: values['skip-edge'],
    timeoutMs,
    dryRun: values['dry-run'],
    prunes: values.prune,
    undoesOnFailure: values['undo-on-failure'],
    forcesConflicts: values['force-conflicts'],
    json: values.json,
  };
}
