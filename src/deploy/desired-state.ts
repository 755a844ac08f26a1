import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readObjects, requiredList, textSources, UnreadableError, unreadableFile } from '#manifest-source';
import { kindAndName, manifestSet } from '#manifests';
import type { ManifestObject, ManifestSet, RequiredSecret } from '#manifests';

/** What dist says should be. */
export interface DesiredState {
  /** Its files in the order in which they are applied. */
  readonly files: readonly string[];
  readonly set: ManifestSet;
  /** The namespace of all objects. */
  readonly namespace: string;
  /** Objects whose pods are waited for. */
  readonly workloads: readonly ManifestObject[];
  readonly secrets: readonly RequiredSecret[];
}

/** Kinds whose rollout can be followed. */
export const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** Reads the YAML files that lie directly in a folder, as `kubectl apply -f` does. Throws `UnreadableError`. */
export async function readDesiredState(dist: string): Promise<DesiredState> {
  const names = await readdir(dist).catch((error: unknown) => Promise.reject(unreadableFile(dist, error)));
  const files = names
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(dist, name));
  if (files.length === 0) throw new UnreadableError(`${dist}: contains no .yaml file: run npm run synth first`);
  const manifests = await readObjects(await textSources(files, process.stdin));
  const set = manifestSet(manifests);
  return {
    files,
    set,
    namespace: oneNamespace(set, dist),
    workloads: set.objects.filter(({ kind }) => (WORKLOAD_KINDS as readonly string[]).includes(kind)),
    secrets: requiredList(manifests),
  };
}

function oneNamespace({ objects }: ManifestSet, dist: string): string {
  const without = objects.find(({ namespace }) => namespace === '');
  const [first, second] = new Set(objects.map(({ namespace }) => namespace));
  if (without !== undefined) {
    throw new UnreadableError(
      `${without.path}: ${kindAndName(without)} has no namespace, but all objects must be in the same one: set metadata.namespace`,
    );
  }
  if (first === undefined || second !== undefined) {
    throw new UnreadableError(
      `${dist}: objects in ${second === undefined ? 'no namespace' : `the namespaces ${first} and ${second}`}, must be in exactly one`,
    );
  }
  return first;
}
