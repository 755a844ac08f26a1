import { envSources } from './raw-env.ts';
import type { Cursor } from './cursor.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from './manifest-set.ts';

/** One place where an object reads a Secret. */
export interface SecretReference {
  readonly namespace: string;
  readonly name: string;
  /** Key that is read; undefined when the Secret is read as a whole. */
  readonly key: string | undefined;
  readonly type: 'Opaque' | 'kubernetes.io/tls' | 'kubernetes.io/dockerconfigjson';
  readonly optional: boolean;
  readonly reader: ManifestObject;
  readonly at: Cursor;
}

/** Every place where the objects of a set read a Secret. */
export function secretReferences(set: ManifestSet): readonly SecretReference[] {
  return [
    ...set.pods.flatMap(podReferences),
    ...set.ofKind('ServiceAccount').flatMap((account) => pullSecrets(account, account.root)),
    ...set.ofKind('Ingress').flatMap(ingressReferences),
    ...set.ofKind('Gateway').flatMap(gatewayReferences),
  ];
}

function podReferences(pod: PodTemplate): SecretReference[] {
  return [
    ...pod.containers.flatMap((container) => containerReferences(pod.object, container.at)),
    ...pod.spec
      .at('volumes')
      .items.flatMap((volume) => [...volumeReferences(pod.object, volume), ...subPathReferences(pod, volume)]),
    ...pullSecrets(pod.object, pod.spec),
  ];
}

function containerReferences(reader: ManifestObject, container: Cursor): SecretReference[] {
  const single = envSources(container, 'secretKeyRef').flatMap((ref) =>
    reference(reader, ref, ref.at('name'), { key: ref.at('key').text, optional: isOptional(ref) }),
  );
  const whole = container.at('envFrom').items.flatMap((entry) => {
    const ref = entry.at('secretRef');
    return reference(reader, ref, ref.at('name'), { optional: isOptional(ref) });
  });
  return [...single, ...whole];
}

function volumeReferences(reader: ManifestObject, volume: Cursor): SecretReference[] {
  const secret = volume.at('secret');
  const sources = [
    { ref: secret, name: secret.at('secretName') },
    ...volume.at('projected', 'sources').items.map((source) => ({
      ref: source.at('secret'),
      name: source.at('secret', 'name'),
    })),
  ];
  const published = volume.at('csi', 'nodePublishSecretRef');
  const ofDriver = reference(reader, published, published.at('name'), {});
  const ofFiles = sources.flatMap(({ ref, name }) => {
    const items = ref.at('items').items;
    const optional = isOptional(ref);
    if (items.length === 0) return reference(reader, ref, name, { optional });
    return items.flatMap((item) => reference(reader, item, name, { key: item.at('key').text, optional }));
  });
  return [...ofFiles, ...ofDriver];
}

/** A mount with subPath reads the key of that name, when the volume holds the Secret as a whole. */
function subPathReferences(pod: PodTemplate, volume: Cursor): SecretReference[] {
  const secret = volume.at('secret');
  if (!secret.exists || secret.at('items').items.length > 0) return [];
  return pod.containers
    .flatMap(({ at }) => at.at('volumeMounts').items)
    .filter((mount) => mount.at('name').text === volume.at('name').text)
    .flatMap((mount) => {
      const path = mount.at('subPath');
      if (path.text === undefined || path.text === '' || path.text.includes('/')) return [];
      return reference(pod.object, path, secret.at('secretName'), { key: path.text, optional: isOptional(secret) });
    });
}

function pullSecrets(reader: ManifestObject, spec: Cursor): SecretReference[] {
  return spec
    .at('imagePullSecrets')
    .items.flatMap((entry) =>
      reference(reader, entry, entry.at('name'), { key: '.dockerconfigjson', type: 'kubernetes.io/dockerconfigjson' }),
    );
}

function ingressReferences(ingress: ManifestObject): SecretReference[] {
  return ingress.root.at('spec', 'tls').items.flatMap((entry) => tls(ingress, entry, entry.at('secretName')));
}

function gatewayReferences(gateway: ManifestObject): SecretReference[] {
  const refs = gateway.root.at('spec', 'listeners').items.flatMap((it) => it.at('tls', 'certificateRefs').items);
  return refs.flatMap((ref) => tls(gateway, ref, ref.at('name')));
}

function tls(reader: ManifestObject, at: Cursor, name: Cursor): SecretReference[] {
  return ['tls.crt', 'tls.key'].flatMap((key) => reference(reader, at, name, { key, type: 'kubernetes.io/tls' }));
}

function reference(
  reader: ManifestObject,
  at: Cursor,
  name: Cursor,
  rest: { key?: string | undefined; type?: SecretReference['type']; optional?: boolean },
): SecretReference[] {
  if (name.text === undefined) return [];
  return [
    {
      namespace: reader.namespace,
      name: name.text,
      key: rest.key,
      type: rest.type ?? 'Opaque',
      optional: rest.optional ?? false,
      reader,
      at,
    },
  ];
}

function isOptional(ref: Cursor): boolean {
  return ref.at('optional').value === true;
}
