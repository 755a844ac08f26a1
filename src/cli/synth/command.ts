import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readArguments, UsageError } from '../terminal/arguments.ts';
import { EXIT, processTerminal } from '../terminal/terminal.ts';
import { bundleFolder, freshBundle, makeBundle } from './app-bundle.ts';
import { runApp } from './app-run.ts';
import type { Cdk8sConfig } from './cdk8s-config.ts';
import { keepCompiled } from './compiled-code.ts';
import { outputFolder } from './output-folder.ts';

const HELP = `usage: cdk8s-nats synth [entry] [options] [-- options of the app]

Synthesizes a cdk8s app written in TypeScript or JavaScript. It runs the app as it is and writes what its own synth()
writes, without the start-up time of cdk8s synth: the app's code is bundled by esbuild and bundled again only when one
of its files has changed. Types are NOT checked: run tsc --noEmit for that.

  entry               the app's main file (default: the script in app: of cdk8s.yaml; for main.js beside main.ts, main.ts)
  --output, -o FOLDER folder of the manifests (default: output: of cdk8s.yaml, else dist)
  --watch             synthesize again after each change, and show what changed
  --check             write nothing: exit with 1 and show the difference if the folder is not up to date
  --help, -h          print this help

The app receives the words after -- as its arguments, and CDK8S_OUTDIR in its environment, as with cdk8s synth. The output
folder is replaced only when the app ends with exit code 0: files that it no longer writes are removed, unchanged files
are not touched. The cache is node_modules/.cache/cdk8s-nats; it can be deleted at any time. Plug-ins under validations:
of cdk8s.yaml are not run. Needs esbuild: npm install --save-dev esbuild

Exit codes: 0 synthesized or up to date, 1 not up to date or the app does not bundle, 2 wrong usage, else the app's own.
`;

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  watch: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Synthesizes the app of the working directory; fulfils with the exit code. */
export async function runSynth(args: readonly string[]): Promise<number> {
  const end = args.indexOf('--');
  const { values, positionals } = readOptions(end === -1 ? args : args.slice(0, end));
  const terminal = processTerminal();
  if (values.help) {
    await terminal.out(HELP);
    return EXIT.clean;
  }
  if (positionals.length > 1) throw new UsageError(`synth takes one app, not ${positionals.join(', ')}`);
  if (values.watch && values.check) throw new UsageError('--watch and --check cannot be combined');
  const folder = process.cwd();
  const [given] = positionals;
  const config = await configOf(folder, given);
  const outputName = values.output ?? config.output;
  const synthesis = {
    folder,
    entry: resolve(folder, config.entry),
    output: outputFolder(outputName, folder),
    outputName,
    appArguments: [...config.appArguments, ...(end === -1 ? [] : args.slice(end + 1))],
  };
  if (values.watch || values.check) {
    const { checkOutput, watchApp } = await import('./synth-again.ts');
    if (values.check) return await checkOutput(synthesis, terminal);
    return await watchApp(synthesis, terminal);
  }
  keepCompiled(folder);
  const { entry } = synthesis;
  const bundle = freshBundle(entry, folder) ?? (await makeBundle(entry, folder).catch(printed));
  if (bundle === undefined) return EXIT.findings;
  const staging = join(bundleFolder(entry, folder), `output-${process.pid}`);
  await runApp({ ...synthesis, bundle, staging, recordsMetadata: config.recordsMetadata });
  return Number(process.exitCode ?? EXIT.clean);
}

/** Options of this command; what it does not know is probably the app's. */
function readOptions(args: readonly string[]) {
  try {
    return readArguments(args, OPTIONS);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const unknown = /^Unknown option '([^']*)'/.exec(error.message)?.[1];
    if (unknown === undefined) throw error;
    throw new UsageError(`unknown option ${unknown}: options of the app come after --, as in synth -- ${unknown}`);
  }
}

/** What `cdk8s.yaml` says, with the entry that was given in place of its own. */
async function configOf(folder: string, given: string | undefined): Promise<Cdk8sConfig & { readonly entry: string }> {
  const file = join(folder, 'cdk8s.yaml');
  const { cdk8sConfig } = await import('./cdk8s-config.ts');
  const config = cdk8sConfig(existsSync(file) ? readFileSync(file, 'utf8') : undefined, folder, given);
  const entry = given ?? config.entry;
  if (entry === undefined) {
    throw new UsageError(
      'no cdk8s.yaml with app: in this folder: pass the file of the app, such as cdk8s-nats synth main.ts',
    );
  }
  if (!existsSync(join(folder, relative(folder, resolve(folder, entry)))))
    throw new UsageError(`${entry} does not exist`);
  return { ...config, entry };
}

/** esbuild has printed what is wrong with the app; another error is not its own. */
function printed(error: unknown): undefined {
  if (error instanceof Error && 'errors' in error && !(error instanceof AggregateError)) return undefined;
  throw error;
}
