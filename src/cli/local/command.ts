import {
  readSettings,
  runCommand,
  runDemo,
  startLocalPlatform,
  watchCommands,
  watchSettings,
  type LocalPlatform,
} from '#local';
import { aborted, INTERRUPTED, npmGoneSignal, stopSignal } from '../terminal/stop-signal.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { readArguments, UsageError } from '../terminal/arguments.ts';
import { eventReporter } from './event-reporter.ts';

/** A test run must end by itself. */
const COMMAND_TIMEOUT_S = 120;
const HELP = `usage: cdk8s-nats local [folder] [options] [-- command]

Runs the manifests in a folder (default: dist) on this machine: PostgreSQL, Redis and nats-server from PATH with the
configuration in the manifests, a local command in place of each image, and a proxy in place of the Ingress.

  --settings <file>   how images map to local commands (default: local.json)
  --port <number>     port of the edge (default: 8080)
  --replicas <number> replicas of each Deployment that supports more than one (default: as in the manifests)
  --data <folder>     store databases, streams, files and secrets there (default: temporary, removed at the end)
  --demo              load demo data when everything is ready
  --watch             rebuild and restart what changed; images with a watchCommand run that
  --no-build          skip the build
  --install           install missing servers with apt-get (on Debian, as root)
  --timeout <seconds> give up if not everything is ready by then (default: never)
  --logs              print the logs of the services
  --json              print each event as a line of JSON; when everything is ready, {"ready":true,"url":…}
  --help              print this

A command after -- runs when everything is ready, with the addresses in PUBLIC_ORIGIN, DATABASE_URL, NATS_URL and
REDIS_URL; when it ends, everything stops. Only problems are printed beside it, and the default of --timeout is ${COMMAND_TIMEOUT_S}.

Ctrl-C or SIGTERM stops everything in order and cleans up; another one a second later kills everything at once.
Exit codes: 0 stopped by a signal, 1 something failed, 2 wrong usage; with a command, its own.`;

const OPTIONS = {
  settings: { type: 'string' },
  port: { type: 'string' },
  replicas: { type: 'string' },
  data: { type: 'string' },
  timeout: { type: 'string' },
  demo: { type: 'boolean' },
  watch: { type: 'boolean' },
  'no-build': { type: 'boolean' },
  install: { type: 'boolean' },
  logs: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
const FOR_EVER_MS = 2 ** 31 - 1;

/** Runs the local platform until a signal or the end of its command ends it; fulfils with the exit code. */
export async function runLocal(args: readonly string[]): Promise<number> {
  const given = localArguments(args);
  const terminal = processTerminal();
  if (given.values.help === true) {
    await terminal.out(`${HELP}\n`);
    return EXIT.clean;
  }
  try {
    return await runPlatform(given, terminal);
  } catch (error) {
    // errors of this program's own making say what to do; of all others the stack helps
    if (!(error instanceof Error) || error.name !== 'Error') throw error;
    terminal.err(`cdk8s-nats local: ${error.message}\n`);
    return EXIT.findings;
  }
}

async function runPlatform(
  { values, dist, port, replicas, timeoutMs, command }: LocalArguments,
  terminal: Terminal,
): Promise<number> {
  const { json = false, logs = false, watch = false } = values;
  const read = readSettings(values.settings ?? 'local.json');
  const settings = watch ? watchSettings(read) : read;
  const reporter = eventReporter(terminal, { json, logs, besideCommand: command !== undefined });
  // so that no platform keeps running unnoticed
  const stopping = AbortSignal.any([stopSignal(), npmGoneSignal()]);
  try {
    const starting = startLocalPlatform({
      dist,
      settings,
      port,
      build: values['no-build'] !== true,
      install: values.install === true,
      waitUntilReady: false,
      readyTimeoutMs: timeoutMs,
      onEvent: reporter.report,
      ...(replicas === undefined ? {} : { replicas }),
      ...(values.data === undefined ? {} : { data: values.data }),
    });
    await Promise.race([starting, aborted(stopping)]);
    return await serve(await starting, stopping, async (platform) => {
      if (command !== undefined) return stopping.aborted ? INTERRUPTED : await runCommand(command, platform, stopping);
      if (values.demo === true && !stopping.aborted) {
        await Promise.race([runDemo(settings, platform, reporter.report), aborted(stopping)]);
      }
      if (watch && !stopping.aborted) watchCommands(settings, platform, reporter.report, stopping);
      await aborted(stopping);
      return EXIT.clean;
    });
  } finally {
    reporter.end();
  }
}

/** Waits until everything is ready and runs `work`; a signal or a failure before ends it too. */
async function serve(
  platform: LocalPlatform,
  stopping: AbortSignal,
  work: (platform: LocalPlatform) => Promise<number>,
): Promise<number> {
  try {
    await Promise.race([platform.ready, aborted(stopping)]);
    return await work(platform);
  } finally {
    await platform.stop();
  }
}

interface LocalArguments {
  readonly values: ReturnType<typeof readArguments<typeof OPTIONS>>['values'];
  readonly dist: string;
  readonly port: number;
  readonly replicas: number | undefined;
  readonly timeoutMs: number;
  /** What follows `--`. */
  readonly command: readonly [string, ...string[]] | undefined;
}

/** Throws a `UsageError`. */
function localArguments(args: readonly string[]): LocalArguments {
  const end = args.indexOf('--');
  const { values, positionals } = readArguments(end === -1 ? args : args.slice(0, end), OPTIONS);
  const [program, ...words] = end === -1 ? [] : args.slice(end + 1);
  if (positionals.length > 1) throw new UsageError(`local takes one folder, not ${positionals.join(', ')}`);
  if (end !== -1 && program === undefined) throw new UsageError('no command follows --: local -- npm test');
  const excluded = (['json', 'demo', 'watch'] as const).find((flag) => values[flag] === true);
  if (program !== undefined && excluded !== undefined) {
    throw new UsageError(`--${excluded} and a command cannot be combined: leave one out`);
  }
  const timeoutS =
    wholeNumber('--timeout', values.timeout, 1) ?? (program === undefined ? undefined : COMMAND_TIMEOUT_S);
  return {
    values,
    dist: positionals[0] ?? 'dist',
    port: wholeNumber('--port', values.port, 0) ?? 8080,
    replicas: wholeNumber('--replicas', values.replicas, 1),
    timeoutMs: timeoutS === undefined ? FOR_EVER_MS : timeoutS * 1000,
    command: program === undefined ? undefined : [program, ...words],
  };
}

function wholeNumber(flag: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < least)
    throw new UsageError(`${flag} is ${text}, must be an integer of at least ${least}`);
  return Number(text);
}
