/** What the fake node reads of a pod. */
import type { KubeObject } from './kube-api.ts';

/** A Secret or ConfigMap by name, or one key of it. */
export interface NamedSource {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

/** A container of a pod, init containers and side-cars too. */
export interface PodContainer {
  readonly name: string;
  readonly image: string;
  /** `Always` makes a side-car of an init container. */
  readonly restartPolicy?: string;
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: NamedSource; readonly configMapKeyRef?: NamedSource };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: NamedSource; readonly configMapRef?: NamedSource }[];
}

/** A volume of a pod. */
export interface PodVolume {
  readonly name: string;
  readonly secret?: { readonly secretName: string; readonly optional?: boolean };
  readonly configMap?: NamedSource;
}

/** A pod. */
export interface Pod extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly namespace: string };
  readonly spec: {
    readonly restartPolicy?: string;
    readonly containers: readonly PodContainer[];
    readonly initContainers?: readonly PodContainer[];
    readonly volumes?: readonly PodVolume[];
  };
  readonly status?: { readonly podIP?: string; readonly startTime?: string };
}
