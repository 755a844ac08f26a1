/** The objects of a microservice as plain data, in the order in which they are emitted, patches applied. */
import type { k8s } from 'cdk8s-plus-27';
import type { EnvEntry, Fault } from '#env';
import { ciliumPolicy } from '../edge/edge.ts';
import { intOrString, kubeManifest, quantity } from '../object/kube-objects.ts';
import type { KubeManifest } from '../object/kube-objects.ts';
import { Cursor } from '#manifests';
import { nearestName } from '#nearest-name';
import type { ConfigReader } from '../object/config-roll-out.ts';
import { patched } from '../object/manifest-patch.ts';
import type { ManifestPatch, PatchedKind } from '../object/manifest-patch.ts';
import { autoscaler } from './autoscaling.ts';
import { extraContainer, serviceContainer, SERVICE_PORT } from './container.ts';
import { podPorts } from './plan.ts';
import type { MicroservicePlan } from './plan.ts';
import { podTemplate } from './pod-template.ts';
import { microservicePolicy } from './policy.ts';
import { servicePorts } from './ports.ts';
import { PORT_NAME } from './probes.ts';
import { disruptionBudget, mostReplicas } from './replicas.ts';
import { keepsRunning } from './shape.ts';
import { newClaims, podVolumes, volumeMounts } from './volumes.ts';
import { nameOf } from '../object/named-object.ts';
import { workloadManifest } from './workload-manifests.ts';

/** One object to be made. */
export interface EmittedManifest {
  readonly kind: PatchedKind;
  /** Name of the object. */
  readonly name: string;
  readonly manifest: unknown;
}

/** Renders every object of the plan. */
export function microserviceManifests(plan: MicroservicePlan, reader: ConfigReader): readonly EmittedManifest[] {
  const { name, props, replicas, shape } = plan;
  const metadata = { name, labels: { app: name } };
  const budget = disruptionBudget(replicas);
  const scaler = autoscaler(name, props.autoscaling);
  const { edgeAnnotations } = plan;
  const isNoted = Object.keys(edgeAnnotations).length > 0;
  const service: k8s.KubeServiceProps = {
    metadata: isNoted ? { ...metadata, annotations: edgeAnnotations } : metadata,
    spec: {
      selector: { app: name },
      ports: [
        { name: PORT_NAME, port: SERVICE_PORT, protocol: 'TCP', targetPort: intOrString(PORT_NAME) },
        ...servicePorts(podPorts(props)),
      ],
    },
  };
  const manifests = [
    ...(props.existingServiceAccount === undefined ? [serviceAccount(plan)] : []),
    ...newClaims(name, props.volumes).map((claim) => kubeManifest('PersistentVolumeClaim', claim)),
    workloadManifest(plan, templateOf(plan, reader)),
    ...(shape.kind === 'Deployment' && shape.serves ? [kubeManifest('Service', service)] : []),
    kubeManifest('NetworkPolicy', microservicePolicy(plan.policy)),
    ...(plan.ciliumPorts.length === 0 ? [] : [ciliumPolicy(name, plan.ciliumPorts)]),
    ...(budget === undefined ? [] : [kubeManifest('PodDisruptionBudget', budget)]),
    ...(scaler === undefined ? [] : [kubeManifest('HorizontalPodAutoscaler', scaler)]),
  ];
  return manifests.map((manifest) => emitted(withMetadata(manifest, props)));
}

/** Applies the patches in their order; one whose path leads nowhere is a fault. */
export function applyPatches(
  manifests: readonly EmittedManifest[],
  { patches, workload }: { readonly patches: readonly ManifestPatch[]; readonly workload: PatchedKind },
  place: string,
): { readonly manifests: readonly EmittedManifest[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const result = patches.reduce((current, { kind = workload, ...change }, index) => {
    const patch = { kind, ...change };
    const next = current.map((object) => {
      const manifest = object.kind === kind ? patched(object.manifest, patch) : undefined;
      return manifest === undefined ? object : { ...object, manifest };
    });
    if (next.every((object, position) => object === current[position])) {
      faults.push({ rule: 'patch', place: `${place} patch ${index}`, message: missed(patch, current) });
    }
    return next;
  }, manifests);
  return { manifests: result, faults };
}

function missed(
  { op, path, kind }: ManifestPatch & { readonly kind: PatchedKind },
  manifests: readonly EmittedManifest[],
): string {
  if (!manifests.some((object) => object.kind === kind)) {
    const kinds = manifests.map((object) => object.kind).join(', ');
    return `${op} ${path} is for the ${kind}, but the service has only ${kinds}: correct the kind, or remove the patch`;
  }
  return `${op} ${path} matches nothing in the ${kind}, a path starts with / and ${op === 'add' ? 'its parent must exist' : 'it must exist'}: ${hintAt(path, kind, manifests)}`;
}

/** What was likely meant: a slash inside a key is written `~1`, and a key may be misspelt. */
function hintAt(path: string, kind: PatchedKind, manifests: readonly EmittedManifest[]): string {
  const root = new Cursor(manifests.find((object) => object.kind === kind)?.manifest);
  const keys = path.split('/').slice(1);
  const depth = keys.findIndex((_, index) => !root.along(decoded(keys.slice(0, index + 1))).exists);
  if (depth === -1) return 'correct the path, or remove the patch';
  const [before, missing] = [keys.slice(0, depth), keys.slice(depth)];
  const names = root.along(decoded(before)).entries.map(([name]) => name);
  const pointer = (parents: readonly string[], name: string): string =>
    `/${[...parents, name.replaceAll('~', '~0').replaceAll('/', '~1')].join('/')}`;
  // a DNS name before a slash is the prefix of a label or an annotation
  const last = missing.slice(-2).join('/');
  if (/^[a-z0-9-]+\.[a-z0-9.-]+\/[^/]+$/.test(last)) {
    return `write a slash inside a key as ~1: ${pointer([...before, ...missing.slice(0, -2)], last)}`;
  }
  const near = nearestName(missing[0] ?? '', names);
  return near === undefined
    ? 'correct the path, or remove the patch'
    : `did you mean ${[pointer(before, near), ...missing.slice(1)].join('/')}`;
}

function decoded(keys: readonly string[]): readonly string[] {
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function emitted(manifest: KubeManifest): EmittedManifest {
  const { kind, metadata } = manifest as KubeManifest & {
    readonly kind: PatchedKind;
    readonly metadata: { readonly name: string };
  };
  return { kind, name: metadata.name, manifest };
}

/** Adds the labels and annotations that all objects of the service have; those of one object win. */
function withMetadata(manifest: KubeManifest, { labels, annotations }: MicroservicePlan['props']): KubeManifest {
  const { annotations: noted, ...own } = manifest.metadata as {
    readonly labels?: object;
    readonly annotations?: object;
  };
  const all = { ...annotations, ...noted };
  const metadata = { ...own, labels: { ...labels, ...own.labels } };
  return { ...manifest, metadata: Object.keys(all).length === 0 ? metadata : { ...metadata, annotations: all } };
}

function serviceAccount({ name, props: { serviceAccountAnnotations: annotations } }: MicroservicePlan): KubeManifest {
  return kubeManifest('ServiceAccount', {
    metadata: { name, labels: { app: name }, annotations },
    automountServiceAccountToken: false,
  });
}

function templateOf(plan: MicroservicePlan, reader: ConfigReader): object {
  const { name, props, shape } = plan;
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
    ports: props.ports,
    probes: keepsRunning(shape) ? props.probes : false,
    listens: plan.listens,
    startSeconds: plan.startSeconds,
  });
  return podTemplate({
    name,
    containers: [own, ...props.extraContainers.map(extra)],
    initContainers: props.initContainers.map(extra),
    podVolumes: podVolumes(name, props.volumes, props.tmpSize),
    pod: props.pod,
    serviceAccountName: props.existingServiceAccount === undefined ? name : nameOf(props.existingServiceAccount),
    imagePullSecrets: props.imagePullSecrets.map(nameOf),
    uid: props.uid,
    preStopSeconds: plan.shutdown.preStopSeconds,
    terminationGracePeriodSeconds: plan.terminationGracePeriodSeconds,
    spreads: mostReplicas(plan.replicas) >= 2,
    restartPolicy: keepsRunning(shape) ? undefined : 'Never',
    // the template of a Job cannot be changed
    reader: shape.kind === 'Job' ? undefined : reader,
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
