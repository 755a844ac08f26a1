/** The object that makes the pods of a service: a Deployment, Job or CronJob around one pod template. */
import { WORKLOAD_LABEL } from '#manifests';
import { configHash } from '../object/config-hash.ts';
import { kubeManifest, plainJson } from '../object/kube-objects.ts';
import type { KubeManifest } from '../object/kube-objects.ts';
import type { MicroservicePlan } from './plan.ts';
import { deploymentStrategy, statedReplicas } from './replicas.ts';
import type { JobOptions } from './shape.ts';

const DEFAULT_BACKOFF_LIMIT = 3;
const HASH_LENGTH = 8;

/** The object of the plan's shape. */
export function workloadManifest(plan: MicroservicePlan, template: object): KubeManifest {
  const { name, shape } = plan;
  const labels = { app: name };
  const marked = { ...labels, 'app.kubernetes.io/managed-by': 'cdk8s-nats', [WORKLOAD_LABEL]: workloadOf(shape) };
  switch (shape.kind) {
    case 'Deployment':
      return withSpec(
        kubeManifest('Deployment', {
          metadata: { name, labels: marked },
          spec: {
            ...statedReplicas(plan.replicas),
            strategy: deploymentStrategy(plan.replicas),
            progressDeadlineSeconds: plan.props.progressDeadlineSeconds,
            selector: { matchLabels: labels },
            template: {},
          },
        }),
        { template },
      );
    case 'Job': {
      const spec = { ...jobSpec(shape.job), ttlSecondsAfterFinished: shape.ttlSecondsAfterFinished, template };
      return withSpec(kubeManifest('Job', { metadata: { name, labels: marked } }), spec);
    }
    case 'CronJob': {
      const { schedule, concurrencyPolicy = 'Forbid', ...others } = shape.cron;
      const cronJob = kubeManifest('CronJob', {
        metadata: { name, labels: marked },
        spec: { schedule, concurrencyPolicy, ...others, jobTemplate: {} },
      });
      return withSpec(cronJob, { jobTemplate: { spec: { ...jobSpec(shape.job), template } } });
    }
  }
}

/** A Job, patches applied, under the name of its content: its template cannot be changed, so what is changed is another Job. */
export function namedByContent(job: KubeManifest): KubeManifest {
  const { name, ...metadata } = job.metadata as { readonly name: string };
  const hash = configHash({ spec: JSON.stringify(job['spec']) }).slice(0, HASH_LENGTH);
  return { ...job, metadata: { ...metadata, name: `${name}-${hash}` } };
}

/** By which the checks know what the object must keep to, wherever they read it. */
function workloadOf(shape: MicroservicePlan['shape']): string {
  if (shape.kind !== 'Deployment') return shape.kind === 'Job' ? 'job' : 'cron-job';
  return shape.serves ? 'microservice' : 'worker';
}

/** Where the pod template stands in an object of a shape. */
export function templatePath({ kind }: MicroservicePlan['shape']): readonly string[] {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

function jobSpec({ backoffLimit = DEFAULT_BACKOFF_LIMIT, ...others }: JobOptions): object {
  return plainJson({ backoffLimit, ...others }) as object;
}

function withSpec(manifest: KubeManifest, spec: object): KubeManifest {
  return { ...manifest, spec: { ...(manifest['spec'] as object | undefined), ...spec } };
}
