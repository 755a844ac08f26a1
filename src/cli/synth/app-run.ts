/**
 * Runs an app in this process, as Node would run its entry. It writes to a folder of its own, which replaces the output
 * when the process ends with exit code 0: a run that fails leaves the output as it was.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AppBundle } from './app-bundle.ts';
import { replaceFolder } from './folder-replacement.ts';
import { mapStack } from './mapped-stack.ts';

/** How an app is run. */
export interface AppRun {
  readonly bundle: AppBundle;
  /** Path of the entry, as `process.argv` has it. */
  readonly entry: string;
  readonly appArguments: readonly string[];
  /** Where the app writes to; it is deleted at the end. */
  readonly staging: string;
  /** The folder that is replaced. */
  readonly output: string;
  /** How messages name it. */
  readonly outputName: string;
  readonly recordsMetadata: boolean;
}

/** Node's way to load the script that a process is started with. */
const { _load: load } = Module as unknown as {
  readonly _load: (file: string, parent: undefined, isMain: boolean) => unknown;
};

/** Fulfils when the entry has run; what it has left to do goes on until the process ends. */
export async function runApp(run: AppRun): Promise<void> {
  const { bundle, entry, appArguments, staging, recordsMetadata } = run;
  removeLeftovers(dirname(staging));
  process.env.CDK8S_OUTDIR = staging;
  process.env.CDK8S_RECORD_CONSTRUCT_METADATA ??= String(recordsMetadata);
  process.argv = [process.execPath, entry, ...appArguments];
  process.once('exit', (code) => finish(run, code));
  process.on('uncaughtExceptionMonitor', (error) => mapStack(error, bundle.file));
  try {
    if (bundle.isModule) await import(pathToFileURL(bundle.file).href);
    else load(bundle.file, undefined, true);
  } catch (error) {
    mapStack(error, bundle.file);
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Deletes what processes of before left, which were killed. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, id] = /^(?:output|check)-(\d+)$/.exec(name) ?? [];
    if (id !== undefined && !isRunning(Number(id))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether another process has this id; one of the same id before this process is dead. */
function isRunning(id: number): boolean {
  if (id === process.pid) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In the process's last moment, so that all that the app does has been done. */
function finish({ staging, output, outputName }: AppRun, code: number): void {
  try {
    if (code !== 0) {
      process.stderr.write(`cdk8s-nats synth: the app failed (exit code ${code}): ${outputName} is unchanged\n`);
    } else if (existsSync(staging)) {
      const { files, written, removed } = replaceFolder(output, staging);
      process.stdout.write(`${outputName}: ${files} files, ${written} written, ${removed} removed\n`);
    } else {
      process.stderr.write(
        `cdk8s-nats synth: the app wrote nothing to the folder in CDK8S_OUTDIR: call app.synth() at the end, or synthOnce(app); and remove outdir from new App({ outdir }), which then uses that folder (an app with an outdir of its own writes there, also with --check)\n`,
      );
      process.exitCode = 1;
    }
  } catch (error) {
    process.stderr.write(`cdk8s-nats synth: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
