/** The objects of a microservice as plain data, in the order in which they are emitted, patches applied. */
import type { k8s } from 'cdk8s-plus-27';
import type { EnvEntry, Fault } from '#env';
import { intOrString, kubeManifest, quantity } from '../object/kube-objects.ts';
import type { ConfigReader } from '../object/config-roll-out.ts';
import { patched } from '../object/manifest-patch.ts';
import type { ManifestPatch, PatchedKind } from '../object/manifest-patch.ts';
import { extraContainer, PORT_NAME, serviceContainer, SERVICE_PORT } from './container.ts';
import { deploymentManifest } from './deployment.ts';
import type { MicroservicePlan } from './plan.ts';
import { microservicePolicy } from './policy.ts';
import { autoscaler, disruptionBudget } from './replicas.ts';
import { newClaims, podVolumes, volumeMounts } from './volumes.ts';
import { nameOf } from '../object/named-object.ts';

/** One object to be made. */
export interface EmittedManifest {
  readonly kind: PatchedKind;
  /** Name of the object. */
  readonly name: string;
  readonly manifest: unknown;
}

/** Renders every object of the plan. */
export function microserviceManifests(plan: MicroservicePlan, reader: ConfigReader): readonly EmittedManifest[] {
  const { name, replicas } = plan;
  const metadata = { name, labels: { app: name } };
  const budget = disruptionBudget(replicas);
  const scaler = autoscaler(replicas);
  const service: k8s.KubeServiceProps = {
    metadata,
    spec: {
      selector: { app: name },
      ports: [{ name: PORT_NAME, port: SERVICE_PORT, protocol: 'TCP', targetPort: intOrString(PORT_NAME) }],
    },
  };
  const account: k8s.KubeServiceAccountProps = { metadata, automountServiceAccountToken: false };
  const claims = newClaims(name, plan.props.volumes).map(
    (claim) => kubeManifest('PersistentVolumeClaim', claim) as unknown,
  );
  return [
    emitted(kubeManifest('ServiceAccount', account)),
    ...claims.map(emitted),
    emitted(deployment(plan, reader)),
    emitted(kubeManifest('Service', service)),
    emitted(kubeManifest('NetworkPolicy', microservicePolicy(plan.policy))),
    ...(budget === undefined ? [] : [emitted(kubeManifest('PodDisruptionBudget', budget))]),
    ...(scaler === undefined ? [] : [emitted(kubeManifest('HorizontalPodAutoscaler', scaler))]),
  ];
}

/** Applies the patches in their order; one whose path leads nowhere is a fault. */
export function applyPatches(
  manifests: readonly EmittedManifest[],
  patches: readonly ManifestPatch[],
  place: string,
): { readonly manifests: readonly EmittedManifest[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const result = patches.reduce((current, patch, index) => {
    const next = current.map((object) => {
      const manifest = object.kind === (patch.kind ?? 'Deployment') ? patched(object.manifest, patch) : undefined;
      return manifest === undefined ? object : { ...object, manifest };
    });
    if (next.every((object, position) => object === current[position])) {
      faults.push({ rule: 'patch', place: `${place} patch ${index}`, message: missed(patch, current) });
    }
    return next;
  }, manifests);
  return { manifests: result, faults };
}

function missed({ op, path, kind = 'Deployment' }: ManifestPatch, manifests: readonly EmittedManifest[]): string {
  if (!manifests.some((object) => object.kind === kind)) {
    const kinds = manifests.map((object) => object.kind).join(', ');
    return `${op} ${path} is for the ${kind}, but the service has only ${kinds}: correct the kind, or remove the patch`;
  }
  return `${op} ${path} matches nothing in the ${kind}, a path starts with / and ${op === 'add' ? 'its parent must exist' : 'it must exist'}: correct the path, or remove the patch`;
}

function emitted(manifest: unknown): EmittedManifest {
  const { kind, metadata } = manifest as { readonly kind: PatchedKind; readonly metadata: { readonly name: string } };
  return { kind, name: metadata.name, manifest };
}

function deployment(plan: MicroservicePlan, reader: ConfigReader): unknown {
  const { name, props } = plan;
  const extra = (container: (typeof props.extraContainers)[number]): k8s.Container =>
    extraContainer(container, plan.envOf(container).map(envVar));
  const own = serviceContainer({
    name,
    image: props.image,
    command: props.command,
    args: props.args,
    env: plan.env.map(envVar),
    envFrom: props.envFrom,
    resources: props.resources,
    mounts: volumeMounts(props.volumes),
    startSeconds: plan.startSeconds,
  });
  return deploymentManifest({
    ...plan.replicas,
    containers: [own, ...props.extraContainers.map(extra)],
    initContainers: props.initContainers.map(extra),
    podVolumes: podVolumes(name, props.volumes, props.tmpSize),
    podAnnotations: props.podAnnotations,
    imagePullSecrets: props.imagePullSecrets.map(nameOf),
    uid: props.uid,
    preStopSeconds: props.preStopSeconds,
    terminationGracePeriodSeconds: plan.terminationGracePeriodSeconds,
    progressDeadlineSeconds: props.progressDeadlineSeconds,
    reader,
  });
}

/** The classes of the API want a divisor as a quantity. */
function envVar({ name, value, valueFrom }: EnvEntry): k8s.EnvVar {
  if (valueFrom === undefined) return { name, value: value ?? '' };
  const { resourceFieldRef, ...source } = valueFrom;
  if (resourceFieldRef === undefined) return { name, valueFrom: source };
  const { divisor, ...ref } = resourceFieldRef;
  const wanted = divisor === undefined ? {} : { divisor: quantity(divisor) };
  return { name, valueFrom: { resourceFieldRef: { ...ref, ...wanted } } };
}
