/** Rolls pods when a ConfigMap that they read changes: a hash of its rendered data on the pod template. */
import { ApiObject, Lazy } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { CONFIG_HASH_ANNOTATION, configHash } from './config-hash.ts';
import { Cursor, envSources } from '#manifests';

/** Names of the ConfigMaps that a pod reads, by volumes, env and envFrom. */
export function configMapsRead(podSpec: unknown): readonly string[] {
  const spec = new Cursor(podSpec);
  const containers = [...spec.at('initContainers').items, ...spec.at('containers').items];
  const names = [
    ...spec
      .at('volumes')
      .items.flatMap((volume) => [
        volume.at('configMap', 'name'),
        ...volume.at('projected', 'sources').items.map((source) => source.at('configMap', 'name')),
      ]),
    ...containers.flatMap((container) => [
      ...container.at('envFrom').items.map((source) => source.at('configMapRef', 'name')),
      ...envSources(container, 'configMapKeyRef').map((ref) => ref.at('name')),
    ]),
  ];
  return [...new Set(names.flatMap((name) => name.text ?? []))].sort();
}

/** Pods that read ConfigMaps, and where their namespace's objects are found. */
export interface ConfigReader {
  /** Any construct of the app. */
  readonly scope: IConstruct;
  /** Namespace of the pods. */
  readonly namespace: string | undefined;
}

/**
 * Annotations of a pod template, with the hash of those ConfigMaps of the app as they are at synth. One that stands
 * elsewhere cannot be seen and does not count; when none can be seen there is no hash.
 */
export function rollOutAnnotations(
  reader: ConfigReader,
  configMaps: readonly string[],
  others: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const hash = (): string | undefined => {
    const found = configMapsOf(reader, configMaps).map((object) => [object.name, dataOf(object)] as const);
    return found.length === 0 ? undefined : configHash(Object.fromEntries(found));
  };
  const annotations = (): Record<string, string> | undefined => {
    const value = hash();
    return value === undefined ? undefined : { [CONFIG_HASH_ANNOTATION]: value };
  };
  const lazily = <T>(produce: () => T | undefined): T => Lazy.any({ produce }) as T;
  if (Object.keys(others).length === 0) return configMaps.length === 0 ? undefined : lazily(annotations);
  return configMaps.length === 0 ? others : { ...others, [CONFIG_HASH_ANNOTATION]: lazily(hash) };
}

function configMapsOf({ scope, namespace }: ConfigReader, names: readonly string[]): ApiObject[] {
  return scope.node.root.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .filter(
      ({ kind, name, metadata }) => kind === 'ConfigMap' && names.includes(name) && metadata.namespace === namespace,
    );
}

function dataOf(configMap: ApiObject): string {
  const { data, binaryData } = configMap.toJson() as { readonly data?: unknown; readonly binaryData?: unknown };
  return JSON.stringify([data ?? {}, binaryData ?? {}]);
}
