/** Volumes of a microservice: what is mounted where, the claims that are made for it, and whether one node alone may hold them. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';
import { bytesOf } from '#manifests';
import { quantity } from '../object/kube-objects.ts';
import { nameOf } from '../object/named-object.ts';
import type { NamedObject } from '../object/named-object.ts';

/** How many nodes may mount a claim at once. */
export type AccessMode = 'ReadWriteOnce' | 'ReadWriteOncePod' | 'ReadOnlyMany' | 'ReadWriteMany';

/** What every volume has. */
export interface MountedVolume {
  /** Name inside the pod; `tmp` is taken. */
  readonly name: string;
  /** Absolute path in the service's container. */
  readonly mountPath: string;
}

/** A claim that is created with the service, as `<service>-<volume>`. */
export interface NewClaimVolume extends MountedVolume {
  /** The claim that is created. */
  readonly newClaim: {
    /** Size, such as `20Gi`. */
    readonly size: string;
    /** @default - the cluster's default class */
    readonly storageClassName?: string | undefined;
    /** With `ReadWriteOnce`, there is one replica, and updates have a gap. @default 'ReadWriteOnce' */
    readonly accessMode?: AccessMode;
  };
  /** @default false */
  readonly readOnly?: boolean;
}

/** An existing claim. */
export interface ClaimVolume extends MountedVolume {
  /** Name of the claim, or its construct. */
  readonly claim: NamedObject;
  /** Its access mode; With `ReadWriteOnce`, there is one replica, and updates have a gap. @default 'ReadWriteOnce' */
  readonly accessMode?: AccessMode;
  /** @default false */
  readonly readOnly?: boolean;
}

/** The keys of a ConfigMap as files. A change of a ConfigMap of the same app rolls the pods. */
export interface ConfigMapVolume extends MountedVolume {
  /** Name of the ConfigMap, or its construct. */
  readonly configMap: NamedObject;
  /** @default false */
  readonly optional?: boolean;
}

/** The keys of a Secret as files. */
export interface SecretVolume extends MountedVolume {
  /** Name of the Secret, or its construct. */
  readonly secret: NamedObject;
  /** Keys to mount as files. @default - all */
  readonly keys?: readonly string[];
  /** @default false */
  readonly optional?: boolean;
}

/** Temporary space that is deleted with the pod. */
export interface EmptyDirVolume extends MountedVolume {
  /** Size limit, such as `1Gi`; a pod that exceeds it is evicted. */
  readonly sizeLimit: string;
  /** Whether it is in memory, where it counts towards the memory limit of the container. @default false */
  readonly inMemory?: boolean;
}

/** A volume of a CSI driver that lives with the pod, such as the Secrets Store. */
export interface CsiVolume extends MountedVolume {
  /** The driver and what it is given. */
  readonly csi: {
    /** Name of the driver, such as `secrets-store.csi.k8s.io`. */
    readonly driver: string;
    /** What the driver wants to know. @default {} */
    readonly volumeAttributes?: Readonly<Record<string, string>>;
    /** Secret that the driver reads. @default - none */
    readonly nodePublishSecret?: NamedObject;
    /** @default - the driver's */
    readonly fsType?: string;
  };
  /** @default true */
  readonly readOnly?: boolean;
}

/** Several sources as the files of one folder. */
export interface ProjectedVolume extends MountedVolume {
  /** Sources in one folder; their file names must differ. */
  readonly projected: readonly ProjectedSource[];
}

/** A source of files. */
export type ProjectedSource =
  | (FileKeys & { readonly configMap: NamedObject })
  | (FileKeys & { readonly secret: NamedObject })
  | {
      /** A token of the pod's ServiceAccount, such as one for a cloud or for Vault. */
      readonly serviceAccountToken: {
        readonly audience: string;
        /** Name of its file. */
        readonly path: string;
        /** Seconds until it is renewed. @default 3600 */
        readonly expirationSeconds?: number;
      };
    }
  | {
      /** Fields of the pod as files: `{ labels: 'metadata.labels' }`. */
      readonly downwardApi: Readonly<Record<string, string>>;
    };

/** Keys of a ConfigMap or Secret that become files. */
export interface FileKeys {
  /** @default - all */
  readonly keys?: readonly string[];
  /** @default false */
  readonly optional?: boolean;
}

/** A volume of a microservice. */
export type MicroserviceVolume =
  NewClaimVolume | ClaimVolume | ConfigMapVolume | SecretVolume | EmptyDirVolume | CsiVolume | ProjectedVolume;

/** Name of the volume at /tmp. */
const TMP = 'tmp';
const TMP_PATH = '/tmp';
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Volumes of the pod, /tmp first. */
export function podVolumes(service: string, volumes: readonly MicroserviceVolume[], tmpSize: string): k8s.Volume[] {
  const tmp = { name: TMP, emptyDir: { sizeLimit: quantity(tmpSize) } };
  return [tmp, ...volumes.map((volume) => podVolume(service, volume))];
}

/** Where the service's container has them; /tmp first, which every other container has too. */
export function volumeMounts(volumes: readonly MicroserviceVolume[]): k8s.VolumeMount[] {
  return [TMP_MOUNT, ...volumes.map(mount)];
}

/** The mount of /tmp. */
export const TMP_MOUNT: k8s.VolumeMount = { name: TMP, mountPath: TMP_PATH };

/** The claims that are made with the service. */
export function newClaims(
  service: string,
  volumes: readonly MicroserviceVolume[],
): readonly k8s.KubePersistentVolumeClaimProps[] {
  return volumes
    .filter((volume) => 'newClaim' in volume)
    .map(({ name, newClaim }) => ({
      metadata: { name: claimName(service, name), labels: { app: service } },
      spec: {
        accessModes: [newClaim.accessMode ?? 'ReadWriteOnce'],
        resources: { requests: { storage: quantity(newClaim.size) } },
        ...(newClaim.storageClassName === undefined ? {} : { storageClassName: newClaim.storageClassName }),
      },
    }));
}

/** The volume that only one node or pod may write at a time, if there is any. */
export function exclusiveVolume(volumes: readonly MicroserviceVolume[]): MicroserviceVolume | undefined {
  return volumes.find((volume) => accessModeOf(volume)?.startsWith('ReadWriteOnce') === true);
}

/** What is wrong with the volumes. */
export function volumeFaults(volumes: readonly MicroserviceVolume[], tmpSize: string, place: string): readonly Fault[] {
  const fault = (message: string): Fault => ({ rule: 'volume', place, message });
  const sizes = volumes.flatMap((volume) => sizeOf(volume) ?? []);
  return [
    ...repeated([TMP, ...volumes.map(({ name }) => name)]).map((name) =>
      fault(`two volumes are named ${name} (${TMP} is reserved for ${TMP_PATH}): rename one`),
    ),
    ...repeated([TMP_PATH, ...volumes.map(({ mountPath }) => mountPath)]).map((path) =>
      fault(`two volumes are mounted at ${path} (${TMP_PATH} always exists): change one of the paths, or set tmpSize`),
    ),
    ...volumes
      .filter(({ name }) => !DNS_LABEL.test(name))
      .map(({ name }) => fault(`volume name is ${JSON.stringify(name)}, must be a DNS label of at most 63 characters`)),
    ...volumes
      .filter(({ mountPath }) => !mountPath.startsWith('/') || mountPath === '/' || mountPath.includes(':'))
      .map(({ name, mountPath }) =>
        fault(
          `volume ${name} is mounted at ${JSON.stringify(mountPath)}, must be an absolute path other than /, without a colon`,
        ),
      ),
    ...[tmpSize, ...sizes]
      .filter((size) => (bytesOf(size) ?? 0) <= 0)
      .map((size) => fault(`size is ${JSON.stringify(size)}, must be a quantity above 0 such as 64Mi`)),
  ];
}

function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function sizeOf(volume: MicroserviceVolume): string | undefined {
  if ('newClaim' in volume) return volume.newClaim.size;
  return 'sizeLimit' in volume ? volume.sizeLimit : undefined;
}

function accessModeOf(volume: MicroserviceVolume): AccessMode | undefined {
  if ('newClaim' in volume) return volume.newClaim.accessMode ?? 'ReadWriteOnce';
  return 'claim' in volume ? (volume.accessMode ?? 'ReadWriteOnce') : undefined;
}

function podVolume(service: string, volume: MicroserviceVolume): k8s.Volume {
  const { name } = volume;
  if ('newClaim' in volume) return { name, persistentVolumeClaim: { claimName: claimName(service, name) } };
  if ('claim' in volume) return { name, persistentVolumeClaim: { claimName: nameOf(volume.claim) } };
  if ('configMap' in volume) return { name, configMap: { name: nameOf(volume.configMap), ...optional(volume) } };
  if ('secret' in volume) {
    return { name, secret: { secretName: nameOf(volume.secret), ...fileItems(volume) } };
  }
  if ('csi' in volume) return { name, csi: csiSource(volume) };
  if ('projected' in volume) return { name, projected: { sources: volume.projected.map(projection) } };
  const medium = volume.inMemory === true ? { medium: 'Memory' } : {};
  return { name, emptyDir: { ...medium, sizeLimit: quantity(volume.sizeLimit) } };
}

function csiSource({ csi, readOnly = true }: CsiVolume): k8s.CsiVolumeSource {
  const { nodePublishSecret, volumeAttributes, driver, fsType } = csi;
  return {
    ...{ driver, readOnly },
    ...(fsType === undefined ? {} : { fsType }),
    ...(volumeAttributes === undefined ? {} : { volumeAttributes: { ...volumeAttributes } }),
    ...(nodePublishSecret === undefined ? {} : { nodePublishSecretRef: { name: nameOf(nodePublishSecret) } }),
  };
}

function projection(source: ProjectedSource): k8s.VolumeProjection {
  if ('configMap' in source) return { configMap: { name: nameOf(source.configMap), ...fileItems(source) } };
  if ('secret' in source) return { secret: { name: nameOf(source.secret), ...fileItems(source) } };
  if ('serviceAccountToken' in source) return { serviceAccountToken: source.serviceAccountToken };
  const items = Object.entries(source.downwardApi).map(([path, fieldPath]) => ({ path, fieldRef: { fieldPath } }));
  // the API's spelling, which the classes write in another way
  return { downwardAPI: { items } } as k8s.VolumeProjection;
}

function fileItems({ keys, ...volume }: FileKeys): Pick<k8s.SecretVolumeSource, 'items' | 'optional'> {
  return { ...(keys && { items: keys.map((key) => ({ key, path: key })) }), ...optional(volume) };
}

function mount(volume: MicroserviceVolume): k8s.VolumeMount {
  const files = 'configMap' in volume || 'secret' in volume || 'projected' in volume;
  const readOnly =
    files || ('csi' in volume && volume.readOnly !== false) || ('readOnly' in volume && volume.readOnly === true);
  return { name: volume.name, mountPath: volume.mountPath, ...(readOnly ? { readOnly } : {}) };
}

function optional(volume: { readonly optional?: boolean }): { readonly optional?: true } {
  return volume.optional === true ? { optional: true } : {};
}

function claimName(service: string, volume: string): string {
  return `${service}-${volume}`;
}
