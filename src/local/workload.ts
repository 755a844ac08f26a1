import type { Container, KubeObject, PodTemplate, Volume } from './manifests.ts';
import { ofKind } from './manifests.ts';

/** A Deployment or StatefulSet, as far as one machine can run it. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Replicas that the manifest asks for; 1 where an autoscaler decides. */
  readonly replicas: number;
  /** Whether a second replica would break it: a StatefulSet, or the strategy Recreate. */
  readonly single: boolean;
  /** Time between SIGTERM and SIGKILL, in ms. */
  readonly graceMs: number;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly serviceAccountName: string;
}

interface WorkloadSpec {
  readonly replicas?: number;
  readonly strategy?: { readonly type?: string };
  readonly template: PodTemplate;
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

const DEFAULT_GRACE_S = 30;

/** Workloads among the objects. */
export function workloadsOf(objects: readonly KubeObject[]): Workload[] {
  return ofKind(objects, 'Deployment', 'StatefulSet').map((object) => {
    const { replicas, strategy, template, volumeClaimTemplates = [] } = object.spec as WorkloadSpec;
    const { spec, metadata } = template;
    const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({
      name,
      persistentVolumeClaim: { claimName: `${name}-${object.metadata.name}` },
    }));
    return {
      name: object.metadata.name,
      namespace: object.metadata.namespace ?? 'default',
      labels: metadata?.labels ?? {},
      annotations: metadata?.annotations ?? {},
      replicas: replicas ?? 1,
      single: object.kind === 'StatefulSet' || strategy?.type === 'Recreate',
      graceMs: (spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_S) * 1000,
      containers: spec.containers,
      initContainers: spec.initContainers ?? [],
      volumes: [...(spec.volumes ?? []), ...claims],
      serviceAccountName: spec.serviceAccountName ?? 'default',
    };
  });
}

/** Last segment of an image's repository: `auth` of `registry.example/video/auth:1.2@sha256:…`. */
export function imageName(image: string): string {
  const path = image.split('@')[0] ?? '';
  return (path.split('/').at(-1) ?? '').split(':')[0] ?? '';
}
