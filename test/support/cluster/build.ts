/** Builds the programs of a control plane from Go modules, once for each set of versions: minutes on two cores. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtFolder, findClusterPrograms, GO_MODULE, type ClusterPrograms } from './programs.ts';

const VERSION_VARIABLES = 'k8s.io/component-base/version';

/** The programs that are there, else those that are built now. */
export async function ensureClusterPrograms(): Promise<ClusterPrograms> {
  const found = findClusterPrograms();
  if (found !== undefined) return found;
  await build(builtFolder());
  const built = findClusterPrograms();
  if (built === undefined) throw new Error(`the build left ${builtFolder()} without a program that it names`);
  return built;
}

/** Builds beside the folder and renames, so that a build that was cut short leaves nothing that looks done. */
async function build(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}-unfinished-`);
  try {
    process.stderr.write(`building a control plane from Go modules into ${folder}: this takes minutes …\n`);
    await go(['build', '-ldflags', versionFlags(), '-o', `${unfinished}/`, 'tool']);
    // Go names a program after the last part of its path that is no version
    renameSync(join(unfinished, 'server'), join(unfinished, 'etcd'));
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Without these a Kubernetes program takes itself for v0.0.0, which clients judge by. */
function versionFlags(): string {
  const [, version = '', major = '', minor = ''] =
    /^\s+k8s\.io\/kubernetes (v(\d+)\.(\d+)\S*)/m.exec(readFileSync(join(GO_MODULE, 'go.mod'), 'utf8')) ?? [];
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const set = Object.entries(variables).map(([name, value]) => `-X ${VERSION_VARIABLES}.${name}=${value}`);
  return ['-s', '-w', ...set].join(' ');
}

async function go(args: readonly string[]): Promise<void> {
  const flags = [process.env.GOFLAGS ?? '', '-trimpath', '-buildvcs=false'].join(' ').trim();
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: flags, GOWORK: 'off' };
  const child = spawn('go', args, { cwd: GO_MODULE, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit').catch((cause: unknown) => {
    throw new Error('go is not on this machine: install Go 1.26 or later, or name the programs in KUBEBUILDER_ASSETS', {
      cause,
    });
  })) as [number | null];
  if (code !== 0) throw new Error(`go ${args[0]} ended with ${String(code)}; its output is above`);
}

if (process.argv[1] === import.meta.filename) await ensureClusterPrograms();
