import { readSettings, runDemo, startLocalPlatform, watchCommands, type LocalPlatform } from '#local';
import { EXIT, processTerminal } from '../terminal/terminal.ts';
import { readArguments, UsageError } from '../terminal/arguments.ts';
import { eventReporter } from './event-reporter.ts';

const HELP = `usage: cdk8s-nats local [folder] [options]

Runs the manifests in a folder (default: dist) on this machine: PostgreSQL, Redis and nats-server from PATH with the
configuration in the manifests, a local command in place of each image, and a proxy in place of the Ingress.

  --settings <file>   how images map to local commands (default: local.json)
  --port <number>     port of the edge (default: 8080)
  --replicas <number> replicas of each Deployment that supports more than one (default: as in the manifests)
  --data <folder>     store databases, streams, files and secrets there (default: temporary, removed at the end)
  --demo              load demo data when everything is ready
  --watch             rebuild and restart what changed
  --no-build          skip the build
  --timeout <seconds> give up if not everything is ready by then (default: never)
  --logs              print the logs of the services
  --json              print each event as a line of JSON; the last is {"ready":true,"url":…}
  --help              print this

Ctrl-C or SIGTERM stops everything in order and cleans up; a second one kills everything at once.
Exit codes: 0 stopped by a signal, 1 something failed, 2 wrong usage.`;

const OPTIONS = {
  settings: { type: 'string' },
  port: { type: 'string' },
  replicas: { type: 'string' },
  data: { type: 'string' },
  timeout: { type: 'string' },
  demo: { type: 'boolean' },
  watch: { type: 'boolean' },
  'no-build': { type: 'boolean' },
  logs: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
const FOR_EVER_MS = 2 ** 31 - 1;

/** Runs the local platform until a signal ends it; fulfils with the exit code. */
export async function runLocal(args: readonly string[]): Promise<number> {
  const { values, dist, port, replicas, timeoutS } = localArguments(args);
  const terminal = processTerminal();
  if (values.help === true) {
    await terminal.out(`${HELP}\n`);
    return EXIT.clean;
  }
  const settings = readSettings(values.settings ?? 'local.json');
  const reporter = eventReporter(terminal, { json: values.json === true, logs: values.logs === true });
  const asked = signalled();
  try {
    const starting = startLocalPlatform({
      dist,
      settings,
      port,
      build: values['no-build'] !== true,
      waitUntilReady: false,
      readyTimeoutMs: timeoutS === undefined ? FOR_EVER_MS : timeoutS * 1000,
      onEvent: reporter.report,
      ...(replicas === undefined ? {} : { replicas }),
      ...(values.data === undefined ? {} : { data: values.data }),
    });
    const platform = await Promise.race([starting, asked]);
    if (platform === undefined) {
      await (await starting).stop();
      return EXIT.clean;
    }
    return await serve(platform, asked, async () => {
      if (values.demo === true) await runDemo(settings, platform, reporter.report);
      if (values.watch === true) await watchCommands(settings, platform, reporter.report);
    });
  } finally {
    reporter.end();
  }
}

/** Waits for the signal that ends it; a failure before everything was ready ends it too. */
async function serve(platform: LocalPlatform, asked: Promise<void>, whenReady: () => Promise<void>): Promise<number> {
  try {
    const failed = platform.ready.then(whenReady).then(async () => await new Promise<never>(() => undefined));
    await Promise.race([asked, failed]);
    return EXIT.clean;
  } finally {
    await platform.stop();
  }
}

const PARENT_CHECK_MS = 1_000;

/** Calls back when the npm that started this process has died silently, so that no platform keeps running unnoticed. */
function whenNpmIsGone(end: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const { ppid } = process;
  setInterval(() => {
    if (process.ppid !== ppid) end();
  }, PARENT_CHECK_MS).unref();
}

/** Fulfilled by the first SIGINT, SIGTERM or SIGHUP; the second one ends this process, and the warden the rest. */
async function signalled(): Promise<void> {
  await new Promise<void>((resolve) => {
    whenNpmIsGone(resolve);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}

interface LocalArguments {
  readonly values: ReturnType<typeof readArguments<typeof OPTIONS>>['values'];
  readonly dist: string;
  readonly port: number;
  readonly replicas: number | undefined;
  readonly timeoutS: number | undefined;
}

/** Throws a `UsageError`. */
function localArguments(args: readonly string[]): LocalArguments {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (positionals.length > 1) throw new UsageError(`local takes one folder, not ${positionals.join(', ')}`);
  return {
    values,
    dist: positionals[0] ?? 'dist',
    port: wholeNumber('--port', values.port, 0) ?? 8080,
    replicas: wholeNumber('--replicas', values.replicas, 1),
    timeoutS: wholeNumber('--timeout', values.timeout, 1),
  };
}

function wholeNumber(flag: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < least)
    throw new UsageError(`${flag} is ${text}, must be an integer of at least ${least}`);
  return Number(text);
}
