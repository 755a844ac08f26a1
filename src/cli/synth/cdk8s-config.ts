/** What `cdk8s.yaml` says about synthesis: which file `app:` runs, and where the manifests go. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../terminal/arguments.ts';

/** The settings of `cdk8s.yaml` that synthesis needs. */
export interface Cdk8sConfig {
  /** The file that `app:` runs; undefined without `app:`. */
  readonly entry: string | undefined;
  /** What `app:` gives the app itself, after its file. */
  readonly appArguments: readonly string[];
  /** The folder of the manifests. */
  readonly output: string;
  /** Whether the app records metadata, as `cdk8s synth` asks for when there are validations. */
  readonly recordsMetadata: boolean;
}

const DEFAULT_OUTPUT = 'dist';
const SCRIPT = /\.([cm]?)([jt])sx?$/;
/** What only a shell understands. */
const SHELL = /[;&|<>$`'"\\(){}*?\n]/;

/** Reads the text of a `cdk8s.yaml` in a folder; `app:` is not read when an entry was given. Throws a `UsageError` where it asks for what only `cdk8s synth` can do. */
export function cdk8sConfig(text: string | undefined, folder: string, given?: string): Cdk8sConfig {
  const { app, output, validations, synthConfig } = settings(text);
  const format = (synthConfig as { format?: unknown } | undefined)?.format;
  if (format !== undefined && format !== 'plain') {
    throw new UsageError(`cdk8s.yaml: synthConfig.format is ${String(format)}: use cdk8s synth instead`);
  }
  return {
    ...(typeof app === 'string' && given === undefined ? entryOf(app, folder) : { entry: undefined, appArguments: [] }),
    output: typeof output === 'string' ? output : DEFAULT_OUTPUT,
    recordsMetadata: typeof validations === 'string' || (Array.isArray(validations) && validations.length > 0),
  };
}

function settings(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const read: unknown = parse(text);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch (error) {
    throw new UsageError(`cdk8s.yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Options of Node and ts-node that load something before the app. */
const PRELOAD = /^(-r|--require|--import|--loader|--experimental-loader)(=|$)/;
/** What may be loaded before the app: it only compiles TypeScript, or finds its files, as the bundle does. */
const COMPILER = /^(tsx|ts-node|tsconfig-paths|@swc-node\/register|@swc\/register|esbuild-register)(\/|$)/;

/** The first word of `app:` that is a script, or whose TypeScript source is there; the words after it are the app's own. */
function entryOf(app: string, folder: string): Pick<Cdk8sConfig, 'entry' | 'appArguments'> {
  const way = 'pass the file of the app, such as cdk8s-nats synth main.ts';
  if (SHELL.test(app) || /^\s*\w+=/.test(app))
    throw new UsageError(`cdk8s.yaml: app is ${app}, which needs a shell: ${way}`);
  const words = app.trim().split(/\s+/);
  const loaded = preloads(words);
  const foreign = loaded.find((it) => !COMPILER.test(it));
  if (foreign !== undefined) {
    throw new UsageError(
      `cdk8s.yaml: app is ${app}, which loads ${foreign} before the app and would not be loaded here: import it in the app, or ${way}`,
    );
  }
  const found = words.findIndex((word) => !loaded.includes(word) && sourceOf(word, folder) !== undefined);
  const entry = sourceOf(words[found] ?? '', folder);
  if (entry === undefined) throw new UsageError(`cdk8s.yaml: app is ${app}, which names no script that exists: ${way}`);
  return { entry, appArguments: words.slice(found + 1) };
}

function preloads(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (!PRELOAD.test(word)) return [];
    const [, value = words[index + 1] ?? ''] = /=(.*)$/.exec(word) ?? [];
    return [value];
  });
}

/** The TypeScript file that a script was compiled from, where it lies beside it; else the script. */
function sourceOf(word: string, folder: string): string | undefined {
  const [, kind = '', language] = SCRIPT.exec(word) ?? [];
  if (language === undefined) return undefined;
  const source = word.replace(SCRIPT, `.${kind}ts`);
  return [source, word].find((path) => isFile(join(folder, path)));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
