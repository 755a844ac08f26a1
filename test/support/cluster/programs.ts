/**
 * The programs of a control plane: those of KUBEBUILDER_ASSETS, else those that `npm run cluster:build` made from Go
 * modules and left in the user's cache.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** A program that a test cluster runs, or speaks to it with. */
export type ClusterProgram = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubectl';

/** Where each program is. */
export type ClusterPrograms = Readonly<Record<ClusterProgram, string>>;

/** Every program, in the order of their start. */
export const CLUSTER_PROGRAMS: readonly ClusterProgram[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
];

/** The Go module that names the programs and their versions. */
export const GO_MODULE = resolve(import.meta.dirname, '../../cluster/control-plane');

/** Folder that the build writes into: one for each set of versions, outside of the repository. */
export function builtFolder(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.CDK8S_NATS_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cdk8s-nats');
  const versions = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) versions.update(readFileSync(join(GO_MODULE, file)));
  return join(cache, `control-plane-${versions.digest('hex').slice(0, 12)}`);
}

/** The programs, or undefined when nobody named or built them; throws when KUBEBUILDER_ASSETS names a folder that lacks some. */
export function findClusterPrograms(env: NodeJS.ProcessEnv = process.env): ClusterPrograms | undefined {
  const assets = env.KUBEBUILDER_ASSETS ?? '';
  const folder = assets === '' ? builtFolder(env) : assets;
  const missing = CLUSTER_PROGRAMS.filter((program) => !isExecutable(join(folder, program)));
  if (missing.length === 0) return programsIn(folder);
  if (assets === '') return undefined;
  throw new Error(
    `KUBEBUILDER_ASSETS is ${assets}, which lacks ${missing.join(', ')} (setup-envtest brings etcd, kube-apiserver and kubectl alone): put them there, or unset it and run npm run cluster:build`,
  );
}

/** Whether tests on a cluster run: its programs are there, or TEST_CLUSTER=1 asks for a build. */
export function clusterIsWanted(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.TEST_CLUSTER === '1' || findClusterPrograms(env) !== undefined;
}

function programsIn(folder: string): ClusterPrograms {
  return Object.fromEntries(CLUSTER_PROGRAMS.map((name) => [name, join(folder, name)])) as unknown as ClusterPrograms;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
