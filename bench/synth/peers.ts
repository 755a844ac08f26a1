/** The programs that are measured beside ours, where they are installed. */
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program. */
export interface Peer {
  /** As it stands in tables. */
  readonly name: string;
  readonly path: string;
  readonly version: string;
}

/** A Node. */
export interface NodeBinary {
  readonly name: string;
  readonly path: string;
  readonly major: number;
}

/** `kubectl` of the PATH, for its `kustomize`. */
export function kustomize(): Peer | undefined {
  return found('kubectl kustomize', ['kubectl'], ['version', '--client']);
}

/** `helm` as BENCH_HELM names it, of the PATH, or where `go install` puts it. */
export function helm(): Peer | undefined {
  const places = [process.env['BENCH_HELM'], 'helm', join(homedir(), 'go', 'bin', 'helm')];
  return found(
    'helm template',
    places.flatMap((place) => place ?? []),
    ['version', '--short'],
  );
}

/** This Node, and those that BENCH_NODES names (paths with `:` between), from old to new. */
export function nodes(): readonly NodeBinary[] {
  const others = (process.env['BENCH_NODES'] ?? '').split(':').filter((path) => path !== '');
  return [process.execPath, ...others]
    .map((path) => {
      const version = path === process.execPath ? process.version : output(path, ['--version']);
      const major = Number(/^v(\d+)/.exec(version)?.[1] ?? 0);
      return { name: `Node ${major}`, path, major };
    })
    .sort((a, b) => a.major - b.major);
}

function found(name: string, places: readonly string[], versionWords: readonly string[]): Peer | undefined {
  for (const path of places) {
    const version = output(path, versionWords).replaceAll('\n', ', ');
    if (version !== '') return { name, path, version };
  }
  return undefined;
}

function output(path: string, words: readonly string[]): string {
  const { status, stdout } = spawnSync(path, words, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}
