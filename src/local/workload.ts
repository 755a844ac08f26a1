import type { Container, KubeObject, PodTemplate, Volume } from './manifests.ts';
import { ofKind } from './manifests.ts';

/** A Deployment, StatefulSet, Job or CronJob, as far as one machine can run it. */
export interface Workload {
  readonly name: string;
  /** Label `app` of the pods, else the name: what it is called apart from the hash of a Job. */
  readonly app: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Replicas that the manifest asks for; 1 where an autoscaler decides. */
  readonly replicas: number;
  /** Whether a second replica would break it: a StatefulSet, or the strategy Recreate. */
  readonly single: boolean;
  /** How often it is tried again when it fails, for what runs once to completion; undefined for what keeps running. */
  readonly retries: number | undefined;
  /** Time between SIGTERM and SIGKILL, in ms. */
  readonly graceMs: number;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly serviceAccountName: string;
}

interface JobSpec {
  readonly backoffLimit?: number;
  readonly template: PodTemplate;
}

interface WorkloadSpec {
  readonly replicas?: number;
  readonly strategy?: { readonly type?: string };
  readonly template: PodTemplate;
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

const DEFAULT_GRACE_S = 30;
const DEFAULT_BACKOFF_LIMIT = 6;

/** Workloads among the objects. */
export function workloadsOf(objects: readonly KubeObject[]): Workload[] {
  return ofKind(objects, 'Deployment', 'StatefulSet', 'Job', 'CronJob').map((object) => {
    const job = jobSpecOf(object);
    const { replicas, strategy, template, volumeClaimTemplates = [] } = job ?? (object.spec as WorkloadSpec);
    const { spec, metadata } = template;
    const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({
      name,
      persistentVolumeClaim: { claimName: `${name}-${object.metadata.name}` },
    }));
    return {
      name: object.metadata.name,
      app: metadata?.labels?.['app'] ?? object.metadata.name,
      namespace: object.metadata.namespace ?? 'default',
      labels: metadata?.labels ?? {},
      annotations: metadata?.annotations ?? {},
      replicas: replicas ?? 1,
      single: job !== undefined || object.kind === 'StatefulSet' || strategy?.type === 'Recreate',
      retries: job === undefined ? undefined : (job.backoffLimit ?? DEFAULT_BACKOFF_LIMIT),
      graceMs: (spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_S) * 1000,
      containers: spec.containers,
      initContainers: spec.initContainers ?? [],
      volumes: [...(spec.volumes ?? []), ...claims],
      serviceAccountName: spec.serviceAccountName ?? 'default',
    };
  });
}

/** Spec of the Job that an object is or makes; undefined for all others. */
function jobSpecOf({ kind, spec }: KubeObject): (JobSpec & Partial<WorkloadSpec>) | undefined {
  if (kind === 'CronJob') return (spec as { readonly jobTemplate: { readonly spec: JobSpec } }).jobTemplate.spec;
  return kind === 'Job' ? (spec as JobSpec) : undefined;
}

/** Last segment of an image's repository: `auth` of `registry.example/video/auth:1.2@sha256:…`. */
export function imageName(image: string): string {
  const path = image.split('@')[0] ?? '';
  return (path.split('/').at(-1) ?? '').split(':')[0] ?? '';
}

/** Images that are servers of this machine, by their names. */
export const STORE_IMAGES = ['postgres', 'redis', 'nats'] as const;

/** A store by the name of its image. */
export type StoreName = (typeof STORE_IMAGES)[number];

/** Whether the name of an image is that of a store. */
export function isStoreImage(name: string): boolean {
  return STORE_IMAGES.some((store) => store === name);
}
