import type { k8s } from 'cdk8s-plus-27';
import { quantity } from '../object/kube-objects.ts';

/** A claim of a StatefulSet's pod on a volume of its own. A claim template cannot be changed once it is applied. */
export function claimTemplate(props: {
  /** Name of the volume inside the pod. */
  readonly name: string;
  readonly storage: string;
  /** @default - the cluster's default class */
  readonly storageClass: string | undefined;
}): k8s.KubePersistentVolumeClaimProps {
  return { metadata: { name: props.name }, spec: claimSpec(props.storage, props.storageClass) };
}

/** What a claim on a volume of one node asks for. */
export function claimSpec(storage: string, storageClass: string | undefined): k8s.PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: quantity(storage) } },
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  };
}
