/** What the pods of PostgreSQL and Redis have in common. */
import type { k8s } from 'cdk8s-plus-27';
import { CONFIG_HASH_ANNOTATION, configHash } from '../object/config-hash.ts';
import type { ContainerResources } from '../object/container-resources.ts';
import { restrictedPod } from '../object/pod-security.ts';
import type { ServiceLogin } from './service-login.ts';

/** What the pod of a store is made from. */
export interface StorePodProps {
  readonly name: string;
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  readonly uid: number;
  readonly configMapName: string;
  /** Files of that ConfigMap. */
  readonly files: Readonly<Record<string, string>>;
  readonly passwords: readonly Pick<ServiceLogin, 'variable' | 'password'>[];
  readonly resources: ContainerResources;
  readonly priorityClassName?: string | undefined;
}

/** Name of the volume with the files of the ConfigMap. */
export const STORE_CONFIG_VOLUME = 'config';

/** Where stores differ; the volume of the ConfigMap is added. */
export interface StorePodParts {
  readonly graceSeconds: number;
  readonly initContainers: k8s.Container[];
  readonly containers: k8s.Container[];
  readonly volumes: readonly k8s.Volume[];
}

/** Renders the pod template of a store. A change of its files rolls it. */
export function storePod(props: StorePodProps, parts: StorePodParts): k8s.PodTemplateSpec {
  return {
    metadata: { labels: { app: props.name }, annotations: { [CONFIG_HASH_ANNOTATION]: configHash(props.files) } },
    spec: {
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      securityContext: restrictedPod({ uid: props.uid }),
      ...(props.imagePullSecrets.length === 0
        ? {}
        : { imagePullSecrets: props.imagePullSecrets.map((name) => ({ name })) }),
      ...(props.priorityClassName === undefined ? {} : { priorityClassName: props.priorityClassName }),
      terminationGracePeriodSeconds: parts.graceSeconds,
      initContainers: parts.initContainers,
      containers: parts.containers,
      volumes: [{ name: STORE_CONFIG_VOLUME, configMap: { name: props.configMapName } }, ...parts.volumes],
    },
  };
}
