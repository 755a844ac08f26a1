/** Synthesis by a process of its own, for those who synthesize more than once or look before anything is written. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Terminal } from '../terminal/terminal.ts';
import { bundleFolder, bundleOptions, esbuild } from './app-bundle.ts';
import { changesOf, manifestTexts } from './changes.ts';
import { filesBelow } from './folder-replacement.ts';

/** What is synthesized. */
export interface Synthesis {
  readonly folder: string;
  readonly entry: string;
  readonly output: string;
  readonly outputName: string;
  readonly appArguments: readonly string[];
}

/** Synthesizes into a folder of its own and tells how the output differs; fulfils with the exit code. */
export async function checkOutput(synthesis: Synthesis, terminal: Terminal): Promise<number> {
  const { folder, entry, output, outputName } = synthesis;
  const fresh = join(bundleFolder(entry, folder), `check-${process.pid}`);
  try {
    const code = synthesizeTo(fresh, synthesis, 'ignore');
    if (code !== 0) return code;
    const [before, after] = [filesBelow(output), filesBelow(fresh)];
    const names = [...new Set([...before, ...after])].sort();
    const differing = names.filter(
      (name) => !before.has(name) || !after.has(name) || !sameBytes(join(output, name), join(fresh, name)),
    );
    if (differing.length === 0) {
      await terminal.out(`${outputName} is up to date\n`);
      return 0;
    }
    await terminal.out(await changesOf(manifestTexts(output), manifestTexts(fresh)));
    terminal.err(
      `cdk8s-nats synth: not up to date, synthesize again: ${differing.map((name) => join(outputName, name)).join(', ')}\n`,
    );
    return 1;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function sameBytes(one: string, other: string): boolean {
  return readFileSync(one).equals(readFileSync(other));
}

/** Synthesizes after each change and tells what it changed, until the process is ended. */
export async function watchApp(synthesis: Synthesis, terminal: Terminal): Promise<never> {
  const { folder, entry, output } = synthesis;
  const options = bundleOptions(entry, folder);
  const { context } = await esbuild(folder);
  const bundling = await context({
    ...options,
    plugins: [
      ...(options.plugins ?? []),
      {
        name: 'synthesize',
        setup(build) {
          let began = 0;
          build.onStart(() => {
            began = performance.now();
          });
          build.onEnd(async ({ errors }) => {
            if (errors.length > 0) return;
            const before = manifestTexts(output);
            if (synthesizeTo(output, synthesis, 'inherit') === 0) {
              await terminal.out(await changesOf(before, manifestTexts(output)));
            }
            await terminal.out(`${Math.round(performance.now() - began)} ms, waiting for changes\n`);
          });
        },
      },
    ],
  });
  await bundling.watch();
  return await new Promise<never>(() => undefined);
}

function synthesizeTo(
  output: string,
  { folder, entry, appArguments }: Synthesis,
  stdout: 'inherit' | 'ignore',
): number {
  const [node, program = ''] = process.argv;
  const words = ['synth', entry, '--output', output, '--', ...appArguments];
  const { status } = spawnSync(node ?? process.execPath, [...process.execArgv, program, ...words], {
    cwd: folder,
    stdio: ['inherit', stdout, 'inherit'],
  });
  return status ?? 1;
}
