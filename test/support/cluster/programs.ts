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
  const problem = assetsProblem(env);
  if (problem !== undefined) throw new Error(`${problem}: put them there, or unset it and run npm run test:cluster`);
  const folder = assetsFolder(env) ?? builtFolder(env);
  return missingFrom(folder).length === 0 ? programsIn(folder) : undefined;
}

/**
 * Why the tests on a cluster are not run; undefined when they are. That a build was once made is no reason to run them:
 * they take minutes, and `npm test` is to be as long on every machine.
 */
export function whyNoCluster(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.TEST_CLUSTER === '1') return undefined;
  return assetsFolder(env) === undefined ? 'neither KUBEBUILDER_ASSETS nor TEST_CLUSTER=1 is set' : assetsProblem(env);
}

function assetsFolder(env: NodeJS.ProcessEnv): string | undefined {
  return env.KUBEBUILDER_ASSETS === '' ? undefined : env.KUBEBUILDER_ASSETS;
}

function assetsProblem(env: NodeJS.ProcessEnv): string | undefined {
  const assets = assetsFolder(env);
  const missing = assets === undefined ? [] : missingFrom(assets);
  if (missing.length === 0) return undefined;
  return `KUBEBUILDER_ASSETS is ${assets}, which lacks ${missing.join(', ')} (setup-envtest brings etcd, kube-apiserver and kubectl alone)`;
}

function missingFrom(folder: string): readonly ClusterProgram[] {
  return CLUSTER_PROGRAMS.filter((program) => !isExecutable(join(folder, program)));
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
