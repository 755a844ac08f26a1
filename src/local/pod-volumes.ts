import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, KubeObject, Volume } from './manifests.ts';
import type { ThrowAwaySecrets } from './throw-away-secrets.ts';

/** A folder of the container and the local folder that stands for it. */
export interface LocalMount {
  readonly mountPath: string;
  readonly path: string;
}

/** Where the volumes of a pod live on this machine. */
export interface PodVolumePlaces {
  /** Folder of what ends with the pod: emptyDir, ConfigMaps, Secrets. */
  readonly podFolder: string;
  /** Folder of the claims, which outlive the pod. */
  readonly claimsFolder: string;
  readonly objects: readonly KubeObject[];
  readonly secrets: ThrowAwaySecrets;
}

/** Makes the volumes that a container mounts and gives where each lies; a volume of another kind is an empty folder. */
export function mountVolumes(container: Container, volumes: readonly Volume[], places: PodVolumePlaces): LocalMount[] {
  return (container.volumeMounts ?? []).map(({ name, mountPath, subPath }) => {
    const volume = volumes.find((one) => one.name === name) ?? { name };
    const folder = makeVolume(volume, places);
    const path = subPath === undefined ? folder : join(folder, subPath);
    if ((volume.configMap ?? volume.secret ?? volume.projected) === undefined) mkdirSync(path, { recursive: true });
    return { mountPath, path };
  });
}

/** The variables with each path below a mount replaced by the local one; `/database` is not below `/data`. */
export function localizePaths(
  env: Readonly<Record<string, string>>,
  mounts: readonly LocalMount[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, localizePath(value, mounts)]));
}

/** A path below a mount as the local one; anything else unchanged. */
export function localizePath(value: string, mounts: readonly LocalMount[]): string {
  const mount = mounts
    .filter(({ mountPath }) => value === mountPath || value.startsWith(`${mountPath}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
  return mount === undefined ? value : mount.path + value.slice(mount.mountPath.length);
}

function makeVolume(volume: Volume, places: PodVolumePlaces): string {
  const claim = volume.persistentVolumeClaim?.claimName;
  const folder = claim === undefined ? join(places.podFolder, volume.name) : join(places.claimsFolder, claim);
  mkdirSync(folder, { recursive: true });
  for (const one of volume.projected?.sources ?? []) writeKeys(folder, { name: volume.name, ...one }, places);
  writeKeys(folder, volume, places);
  return folder;
}

function writeKeys(folder: string, volume: Volume, places: PodVolumePlaces): void {
  const items = (volume.configMap ?? volume.secret)?.items;
  for (const [key, value] of keysOf(volume, places)) {
    const path = items === undefined ? key : items.find((item) => item.key === key)?.path;
    if (path !== undefined) writeFileSync(join(folder, path), value, { mode: 0o600 });
  }
}

function keysOf({ configMap, secret }: Volume, { objects, secrets }: PodVolumePlaces): [string, string][] {
  if (configMap !== undefined) return Object.entries(configMapData(objects, configMap.name));
  const items = secret?.items ?? [];
  if (secret === undefined || items.length === 0) return secret === undefined ? [] : secrets.entries(secret.secretName);
  return items.map(({ key }) => [key, secrets.get(secret.secretName, key)]);
}

/** Data of a ConfigMap; empty when it is not among the objects. */
export function configMapData(objects: readonly KubeObject[], name: string): Readonly<Record<string, string>> {
  return objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.data ?? {};
}

/** A text, such as a script, with each mounted path in it made local. */
export function localizeText(text: string, mounts: readonly LocalMount[]): string {
  const longestFirst = [...mounts].sort((a, b) => b.mountPath.length - a.mountPath.length);
  if (longestFirst.length === 0) return text;
  const paths = longestFirst.map(({ mountPath }) => mountPath.replaceAll('.', '\\.')).join('|');
  // In one pass: a local path may lie below what is another's mount path, such as /tmp.
  const pattern = new RegExp(`(?<![\\w./-])(${paths})(?=[/\\s"'\`;:,)]|$)`, 'g');
  return text.replace(pattern, (found) => longestFirst.find(({ mountPath }) => mountPath === found)?.path ?? found);
}
