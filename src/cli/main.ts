#!/usr/bin/env node
/** The command line of the library: a table of subcommands, each loaded only when it is asked for. */

import { ownPackage } from './own-package.ts';
import { processTerminal } from './terminal/terminal.ts';

/** A subcommand: what it does in one line, and how it is loaded. */
interface Subcommand {
  readonly summary: string;
  /** Gives the function that runs it with the arguments behind its name and fulfils with the exit code. */
  readonly load: () => Promise<(args: readonly string[]) => Promise<number>>;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  init: {
    summary: 'create a project: two services, their charts, tests and a local run',
    load: async () => (await import('./init/command.ts')).runInit,
  },
  lint: {
    summary: 'check any Kubernetes manifests: $(NAME), credentials, and references between objects',
    load: async () => (await import('./lint/command.ts')).runLint,
  },
  fix: {
    summary: 'reorder env lists in place, keeping every other byte',
    load: async () => (await import('./fix/command.ts')).runFix,
  },
  diff: {
    summary: 'show the effect of applying one set of manifests over another',
    load: async () => (await import('./diff/command.ts')).runDiff,
  },
  explain: {
    summary: 'show the final value of a variable, where it comes from and what it overrides',
    load: async () => (await import('./explain/command.ts')).runExplain,
  },
  graph: {
    summary: 'draw the connections of a set of manifests as Mermaid, DOT or SVG',
    load: async () => (await import('./graph/command.ts')).runGraph,
  },
  messages: {
    summary: 'write the declared messages as AsyncAPI or JSON Schema',
    load: async () => (await import('./messages/command.ts')).runMessages,
  },
  local: {
    summary: 'run synthesized manifests on this machine, without containers',
    load: async () => (await import('./local/command.ts')).runLocal,
  },
  synth: {
    summary: 'synthesize a cdk8s app written in TypeScript, fast',
    load: async () => (await import('./synth/command.ts')).runSynth,
  },
  secrets: {
    summary: 'list, create and check the Secrets that manifests read',
    load: async () => (await import('./secrets/command.ts')).runSecrets,
  },
};

const EXIT_USAGE = 2;
/** Errors that a person caused: by name, so that nobody loads a class for them. */
const EXPECTED = ['UsageError', 'UnreadableError'];

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) {
    process.stderr.write(`${usage()}\n`);
    return EXIT_USAGE;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    await processTerminal().out(`${usage()}\n`);
    return 0;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    await processTerminal().out(`${(await ownPackage()).version}\n`);
    return 0;
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined) {
    process.stderr.write(`cdk8s-nats: unknown subcommand ${name}\n\n${usage()}\n`);
    return EXIT_USAGE;
  }
  try {
    const run = await subcommand.load();
    return await run(args);
  } catch (error) {
    const expected = error instanceof Error && (EXPECTED.includes(error.name) || isOfTheSystem(error));
    const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`cdk8s-nats ${name}: ${text}\n`);
    // 1 says that something was found, so a fault of this program must not
    return name === 'local' && !expected ? 1 : EXIT_USAGE;
  }
}

/** What the system refused, such as a full disk or a file without rights: its message names the file and says why. */
function isOfTheSystem(error: Error): boolean {
  return 'syscall' in error && 'path' in error;
}

function usage(): string {
  const rows = Object.entries(SUBCOMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return [
    'usage: cdk8s-nats <subcommand> [options]',
    '',
    ...rows,
    '',
    'run cdk8s-nats <subcommand> --help for details, cdk8s-nats --version for the version',
  ].join('\n');
}
