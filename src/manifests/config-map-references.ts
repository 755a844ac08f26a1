import type { Cursor } from './cursor.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from './manifest-set.ts';
import { envSources } from './raw-env.ts';

/** One place where a pod reads a ConfigMap that must be there. */
export interface ConfigMapReference {
  readonly reader: ManifestObject;
  readonly name: string;
  /** Key that is read; undefined when the ConfigMap is read as a whole. */
  readonly key: string | undefined;
  readonly at: Cursor;
}

/** Every such place; optional ones are left out. */
export function configMapReferences(set: ManifestSet): readonly ConfigMapReference[] {
  return set.pods.flatMap((pod) => [...envReferences(pod), ...volumeReferences(pod)]);
}

/** Names of the ConfigMaps that a pod mounts. */
export function mountedConfigMaps(pod: PodTemplate): readonly string[] {
  return [...new Set(volumeReferences(pod).map((reference) => reference.name))];
}

function envReferences(pod: PodTemplate): ConfigMapReference[] {
  return pod.containers.flatMap(({ at }) => [
    ...envSources(at, 'configMapKeyRef').flatMap((ref) => reference(pod, ref, ref.at('name'), ref.at('key').text)),
    ...at.at('envFrom').items.flatMap((entry) => {
      const ref = entry.at('configMapRef');
      return reference(pod, ref, ref.at('name'), undefined);
    }),
  ]);
}

function volumeReferences(pod: PodTemplate): ConfigMapReference[] {
  return pod.spec.at('volumes').items.flatMap((volume) => {
    const sources = [
      volume.at('configMap'),
      ...volume.at('projected', 'sources').items.map((source) => source.at('configMap')),
    ];
    return sources.flatMap((ref) => {
      const items = ref.at('items').items;
      if (items.length === 0) {
        return [...reference(pod, ref, ref.at('name'), undefined), ...subPathReferences(pod, volume, ref)];
      }
      return items.flatMap((item) => reference(pod, ref, ref.at('name'), item.at('key').text, item));
    });
  });
}

/** A mount with subPath reads the key of that name, when the volume holds the ConfigMap as a whole. */
function subPathReferences(pod: PodTemplate, volume: Cursor, ref: Cursor): ConfigMapReference[] {
  if (!volume.at('configMap').exists) return [];
  const mounts = pod.containers.flatMap(({ at }) => at.at('volumeMounts').items);
  return mounts
    .filter((mount) => mount.at('name').text === volume.at('name').text)
    .flatMap((mount) => {
      const path = mount.at('subPath');
      return path.text === undefined || path.text === '' || path.text.includes('/')
        ? []
        : reference(pod, ref, ref.at('name'), path.text, path);
    });
}

function reference(
  pod: PodTemplate,
  ref: Cursor,
  name: Cursor,
  key: string | undefined,
  at: Cursor = ref,
): ConfigMapReference[] {
  if (name.text === undefined || ref.at('optional').value === true || name.text === 'kube-root-ca.crt') return [];
  return [{ reader: pod.object, name: name.text, key, at }];
}
