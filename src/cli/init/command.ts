/** `cdk8s-nats init` */
import { basename, relative, resolve } from 'node:path';
import { ownPackage } from '../own-package.ts';
import { readArguments, UsageError } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { newProject } from './new-project.ts';
import { entriesInTheWay, writeAll } from './project-folder.ts';

const HELP = `usage: cdk8s-nats init <folder> [options]

Creates a project that runs at once: two services on cdk8s-nats/runtime and their declarations, charts with NATS and
PostgreSQL, tests, a Dockerfile, a CI workflow and a README.

  --minimal        one service without stores
  --name NAME      name of the project, its package and its namespace (default: the name of the folder)
  --library SPEC   where npm gets cdk8s-nats from, such as file:../cdk8s-nats-0.1.0.tgz
                   (default: a compatible version, such as ^0.1.0)
  --json           print the name, the folder and the files as JSON
  --help, -h       print this help

The folder must not exist or must be empty; .git may be in it. If a file cannot be written, none is left behind.

Exit codes: 0 created, 1 the folder is not empty, 2 wrong usage or the folder cannot be written.
`;

const OPTIONS = {
  minimal: { type: 'boolean', default: false },
  name: { type: 'string' },
  library: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
/** So many entries that are in the way are named. */
const NAMED_ENTRIES = 5;

/** Runs `init`; fulfils with the exit code. */
export async function runInit(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    await terminal.out(HELP);
    return EXIT.clean;
  }
  const [given] = positionals;
  if (given === undefined || positionals.length > 1) {
    throw new UsageError(`init takes one folder, not ${positionals.join(', ') || 'none'}: cdk8s-nats init shop`);
  }
  const folder = resolve(given);
  const own = await ownPackage();
  const name = values.name ?? basename(folder);
  const files = newProject({
    name,
    template: values.minimal ? 'minimal' : 'shop',
    examples: new URL('examples/', own.folder),
    library: values.library ?? `^${own.version}`,
  });
  const present = entriesInTheWay(folder);
  if (present.length > 0) {
    terminal.err(`cdk8s-nats init: ${given} is not empty, it contains ${listed(present)}: choose another folder\n`);
    return EXIT.findings;
  }
  writeAll(folder, files);
  const paths = [...files.keys()];
  await terminal.out(
    values.json ? `${JSON.stringify({ name, folder, files: paths }, null, 2)}\n` : report(name, folder, paths),
  );
  return EXIT.clean;
}

function listed(entries: readonly string[]): string {
  const more = entries.length - NAMED_ENTRIES;
  return `${entries.slice(0, NAMED_ENTRIES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function report(name: string, folder: string, paths: readonly string[]): string {
  const place = relative(process.cwd(), folder);
  return [
    `created ${name}: ${paths.length} files`,
    '',
    ...(place === '' ? [] : [`  cd ${place}`]),
    '  npm install',
    '  npm run dev',
    '',
  ].join('\n');
}
