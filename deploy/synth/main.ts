/**
 * What `build/synth.js` runs: the platform for one set of settings, as YAML into its folder. A new format is a line in
 * `FORMATS`; its module is loaded when it is asked for.
 */
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { renderApps } from '#cdk8s-nats';
import { appsOf, ha, k3s, platformApps, type PlatformSettings } from '#video-platform';
import { replaceFolder } from './folder-replacement.ts';

/** A set of settings and the folder that it is written to. */
export interface SynthTarget {
  readonly settings: PlatformSettings;
  readonly folder: string;
}

const TARGETS: Readonly<Record<string, SynthTarget>> = {
  k3s: { settings: k3s, folder: 'dist' },
  ha: { settings: ha, folder: 'build/ha' },
};

const STDOUT = 1;

/** Writes a target in one form. */
type Format = (target: SynthTarget) => Promise<void> | void;

const FORMATS: Readonly<Record<string, () => Promise<Format> | Format>> = {
  yaml: () => writeYaml,
  helm: async () => (await import('../helm/write-chart.ts')).writeChart,
};

void synth();

async function synth(): Promise<void> {
  try {
    const { settings = 'k3s', format: name = 'yaml' } = options();
    const target = choice('settings', settings, TARGETS);
    const format = await choice('format', name, FORMATS)();
    await format(target);
  } catch (error) {
    // what is wrong with the platform is told in the message; a stack of the bundle says nothing more
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Node loads its parser when it is called, which a synthesis without options need not wait for. */
function options(): { readonly settings?: string; readonly format?: string } {
  if (process.argv.length === 2) return {};
  return parseArgs({ options: { settings: { type: 'string' }, format: { type: 'string' } } }).values;
}

function writeYaml({ settings, folder }: SynthTarget): void {
  const { files, written, removed } = replaceFolder(folder, renderApps(...appsOf(platformApps(settings, folder))));
  say(`${folder}: ${files} files, ${written} written, ${removed} removed\n`);
}

/** `process.stdout` loads Node's streams for this one line; it waits where whoever reads is slow. */
function say(line: string): void {
  try {
    writeSync(STDOUT, line);
  } catch {
    process.stdout.write(line);
  }
}

function choice<T>(option: string, value: string, choices: Readonly<Record<string, T>>): T {
  const chosen = Object.hasOwn(choices, value) ? choices[value] : undefined;
  if (chosen === undefined) throw new Error(`--${option} ${value}: there is ${Object.keys(choices).join(', ')}`);
  return chosen;
}
