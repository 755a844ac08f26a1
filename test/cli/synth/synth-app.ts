/** Apps in folders of their own, and the published command that synthesizes them. */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bundleCommandLine } from '../../../build-tools/library/command-line-bundle.ts';

/** What an app of these tests can import. */
const PACKAGES = ['cdk8s', 'constructs', 'esbuild', 'fast-check', 'tsx', 'yaml'] as const;

/** The command as it is published, and folders for apps; `remove` deletes both. */
export class SynthBench {
  private readonly top = mkdtempSync(join(tmpdir(), 'cdk8s-nats-synth-'));

  static async make(): Promise<SynthBench> {
    const bench = new SynthBench();
    await bundleCommandLine(join(bench.top, 'cli'));
    return bench;
  }

  /** A folder with these files, and the packages but for those that are missing. */
  app(files: Readonly<Record<string, string>>, missing: readonly string[] = []): string {
    const folder = mkdtempSync(join(this.top, 'app-'));
    for (const [name, text] of Object.entries(files)) writeText(join(folder, name), text);
    mkdirSync(join(folder, 'node_modules'));
    for (const name of PACKAGES.filter((one) => !missing.includes(one))) {
      symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
    }
    return folder;
  }

  synth(folder: string, ...args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [join(this.top, 'cli', 'cdk8s-nats.mjs'), 'synth', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  }

  /** Starts `--watch`; `until` waits for a text and returns what was printed since the last. */
  watch(folder: string, ...args: readonly string[]) {
    const program = join(this.top, 'cli', 'cdk8s-nats.mjs');
    const child = spawn(process.execPath, [program, 'synth', ...args, '--watch'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    return {
      until: async (text: string): Promise<string> => {
        while (!printed.includes(text)) await once(child.stdout, 'data');
        const before = printed;
        printed = '';
        return before;
      },
      end: async (): Promise<void> => {
        const ended = once(child, 'exit');
        child.kill();
        await ended;
      },
    };
  }

  remove(): void {
    rmSync(this.top, { recursive: true, force: true });
  }
}

export function writeText(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Texts of a folder's files, by path. */
export function textsBelow(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}
