import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expandArguments } from '#env';
import type { LocalAddress } from './cluster-addresses.ts';
import { localEnv } from './container-env.ts';
import type { Container, KubeObject } from './manifests.ts';
import { localizeText, mountVolumes, type LocalMount, type PodVolumePlaces } from './pod-volumes.ts';
import type { ThrowAwaySecrets } from './throw-away-secrets.ts';
import { imageName, type Workload } from './workload.ts';

/** What a pod is prepared from. */
export interface PodContext extends PodVolumePlaces {
  readonly objects: readonly KubeObject[];
  readonly secrets: ThrowAwaySecrets;
  readonly addresses: readonly LocalAddress[];
}

/** A container of a store, ready to be run here. */
export interface StoreContainer {
  readonly container: Container;
  readonly mounts: readonly LocalMount[];
  readonly env: Readonly<Record<string, string>>;
  /** Its command and arguments, with mounted paths made local. */
  readonly words: readonly string[];
}

/** The pod of a store: its server's container, and what prepares it. */
export interface StorePod {
  readonly server: StoreContainer;
  readonly preparations: readonly StoreContainer[];
}

/**
 * Makes the volumes and variables of a store's pod, the files of its ConfigMaps with their paths made local; containers
 * of other images, such as a reloader, are left out.
 */
export function prepareStore(workload: Workload, image: string, context: PodContext): StorePod {
  const podName = `${workload.name}-0`;
  const places = { ...context, podFolder: join(context.podFolder, podName) };
  const own = (container: Container): boolean => imageName(container.image) === image;
  const mountsOf = new Map(
    [...workload.initContainers, ...workload.containers]
      .filter(own)
      .map((container) => [container, mountVolumes(container, workload.volumes, places)]),
  );
  localizeFiles(workload, places.podFolder, [...mountsOf.values()].flat());
  const prepare = (container: Container): StoreContainer => {
    const mounts = mountsOf.get(container) ?? [];
    const env = localEnv(container, { ...context, workload, podName, mounts, replaced: {} });
    const given = [...(container.command ?? []), ...(container.args ?? [])].map((word) => localizeText(word, mounts));
    const words = expandArguments(given, env);
    return { container, mounts, env, words };
  };
  const server = workload.containers.find(own);
  if (server === undefined) throw new Error(`${workload.name}: no container with the image ${image}`);
  return { server: prepare(server), preparations: workload.initContainers.filter(own).map(prepare) };
}

function localizeFiles({ volumes }: Workload, podFolder: string, mounts: readonly LocalMount[]): void {
  for (const { name } of volumes.filter(({ configMap, projected }) => (configMap ?? projected) !== undefined)) {
    const folder = join(podFolder, name);
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).map((entry) => join(folder, entry))) {
      writeFileSync(file, localizeText(readFileSync(file, 'utf8'), mounts));
    }
  }
}

/** Runs the init containers of a store, one after the other; rejects with what the failing one said. */
export async function runPreparations(
  pod: StorePod,
  options: { readonly env?: Readonly<Record<string, string>>; readonly uid?: number; readonly gid?: number } = {},
): Promise<void> {
  for (const { container, words, env } of pod.preparations) {
    const [program, ...args] = words;
    if (program === undefined) continue;
    await new Promise<void>((resolve, reject) => {
      const whole = { PATH: process.env.PATH ?? '', ...env, ...options.env };
      execFile(program, args, { ...options, env: whole }, (error, stdout, stderr) => {
        if (error === null) resolve();
        else
          reject(
            new Error(
              `${container.name} failed: ${[stderr, stdout, error.message].find((text) => text.trim() !== '') ?? ''}`,
            ),
          );
      });
    });
  }
}

/** Path of the file that the words of a container name by its ending, such as `.conf`. */
export function namedPath({ words, container }: StoreContainer, ending: string): string {
  const path = words.find((word) => word.endsWith(ending));
  if (path === undefined) throw new Error(`${container.name}: no argument is a ${ending} file`);
  return path;
}

/** Text of that file. */
export function namedFile(server: StoreContainer, ending: string): string {
  return readFileSync(namedPath(server, ending), 'utf8');
}

/** The local folder of the mount that is a claim, which holds the store's data. */
export function dataFolder({ mounts, container }: StoreContainer, claimsFolder: string): string {
  const mount = mounts.find(({ path }) => path.startsWith(claimsFolder));
  if (mount === undefined) throw new Error(`${container.name}: has no mounted claim for its data`);
  return mount.path;
}
