/** A provisioner without disks: each claim gets a volume of its size, which goes when the claim goes. */
import { KubeApiError, type KubeApi, type KubeObject } from './kube-api.ts';

/** Name of the default class, as k3s calls its own. */
export const STORAGE_CLASS = 'local-path';

interface Claim extends KubeObject {
  readonly spec: {
    readonly accessModes: readonly string[];
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly volumeName?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

/** Makes the class, then follows the claims until the signal ends it. */
export async function keepVolumes(api: KubeApi, signal: AbortSignal): Promise<void> {
  await api.create('/apis/storage.k8s.io/v1/storageclasses', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: STORAGE_CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'example.org/fake',
    allowVolumeExpansion: true,
  });
  await api.follow<Claim>('/api/v1/persistentvolumeclaims', signal, ({ type, object }) => {
    const path = '/api/v1/persistentvolumes';
    const name = `volume-${object.metadata.uid}`;
    const bound = object.spec.volumeName !== undefined || object.spec.storageClassName !== STORAGE_CLASS;
    const done =
      type === 'DELETED' ? api.delete(`${path}/${name}`) : bound ? undefined : api.create(path, volume(name, object));
    done?.catch((error: unknown) => {
      if (!signal.aborted && !(error instanceof KubeApiError)) throw error;
    });
  });
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
