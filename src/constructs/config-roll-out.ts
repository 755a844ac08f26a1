/** Rolls pods when a ConfigMap that they read changes: a hash of its rendered data on the pod template. */
import { ApiObject, Lazy } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { configHash } from './config-hash.ts';
import { Cursor } from './cursor.ts';

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
      ...container.at('env').items.map((entry) => entry.at('valueFrom', 'configMapKeyRef', 'name')),
    ]),
  ];
  return [...new Set(names.flatMap((name) => name.text ?? []))].sort();
}

/**
 * Hash of those ConfigMaps of the app, as they are at synth. One that stands elsewhere cannot be seen and does not
 * count; when none can be seen there is no hash.
 */
export function configHashOf(scope: IConstruct, names: readonly string[], namespace: string | undefined): string {
  return Lazy.any({
    produce: () => {
      const found = configMapsOf(scope, names, namespace).map((object) => [object.name, dataOf(object)] as const);
      return found.length === 0 ? undefined : configHash(Object.fromEntries(found));
    },
  }) as string;
}

function configMapsOf(scope: IConstruct, names: readonly string[], namespace: string | undefined): ApiObject[] {
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
