/**
 * A provisioner without disks: it gives a claim a volume of its size, and deletes it with the claim. As on k3s and EKS, a
 * claim of the default class waits until the scheduler has chosen a node for a pod that uses it.
 */
import { KubeApiError, type KubeApi, type KubeObject } from './kube-api.ts';

/** Name of the default class, as k3s calls its own. */
export const STORAGE_CLASS = 'local-path';

/** Name of a class whose claims get their volume at once. */
export const IMMEDIATE_CLASS = 'immediate';

/** The scheduler writes it to a claim when a pod that uses it has a node. */
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

interface Claim extends KubeObject {
  readonly spec: {
    readonly accessModes: readonly string[];
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly volumeName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

/** Makes the classes, then follows the claims until the signal ends it. */
export async function keepVolumes(api: KubeApi, signal: AbortSignal): Promise<void> {
  const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  await api.create(CLASSES, storageClass(STORAGE_CLASS, 'WaitForFirstConsumer', isDefault));
  await api.create(CLASSES, storageClass(IMMEDIATE_CLASS, 'Immediate'));
  await api.follow<Claim>('/api/v1/persistentvolumeclaims', signal, ({ type, object }) => {
    const path = '/api/v1/persistentvolumes';
    const name = `volume-${object.metadata.uid}`;
    const done =
      type === 'DELETED'
        ? api.delete(`${path}/${name}`)
        : wantsVolume(object)
          ? api.create(path, volume(name, object))
          : undefined;
    done?.catch((error: unknown) => {
      if (!signal.aborted && !(error instanceof KubeApiError)) throw error;
    });
  });
}

function wantsVolume({ metadata, spec }: Claim): boolean {
  if (spec.volumeName !== undefined) return false;
  if (spec.storageClassName === IMMEDIATE_CLASS) return true;
  return spec.storageClassName === STORAGE_CLASS && metadata.annotations?.[SELECTED_NODE] !== undefined;
}

const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';

function storageClass(
  name: string,
  volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer',
  annotations: Readonly<Record<string, string>> = {},
): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations },
    provisioner: 'example.org/fake',
    allowVolumeExpansion: true,
    volumeBindingMode,
  };
}

function volume(name: string, { metadata, spec }: Claim): object {
  const { accessModes, storageClassName, volumeMode, resources } = spec;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      accessModes,
      storageClassName,
      volumeMode,
      capacity: { storage: resources.requests.storage },
      claimRef: {
        kind: 'PersistentVolumeClaim',
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
      },
      hostPath: { path: `/nowhere/${name}` },
      persistentVolumeReclaimPolicy: 'Retain',
    },
  };
}
