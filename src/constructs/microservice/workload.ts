/** From props to objects, the same way for every shape of pods: plan, faults, manifests, patches, rules, objects. */
import { ApiObject, Chart } from 'cdk8s';
import type { ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { refusalFaults } from '#manifests';
import { declaredEdge, edgePeerOf } from '../edge/edge.ts';
import { reportFaults } from '../object/collected-faults.ts';
import type { PatchedKind } from '../object/manifest-patch.ts';
import { databaseOf } from '../store/databases.ts';
import { noteServicePods } from '../store/service-pods.ts';
import { microserviceFaults } from './faults.ts';
import { applyPatches, microserviceManifests } from './manifests.ts';
import type { EmittedManifest } from './manifests.ts';
import { planMicroservice } from './plan.ts';
import type { MicroservicePlan } from './plan.ts';
import { judgedProps, type GivenProps } from './prop-shapes.ts';
import { ruleFaults } from './rules.ts';
import type { PodShape } from './shape.ts';
import { kubeManifest, withoutLazy } from '../object/kube-objects.ts';
import type { KubeKind, KubeManifest } from '../object/kube-objects.ts';
import { namedByContent } from './workload-manifests.ts';

/** What was made of the props. */
export interface Workload {
  readonly plan: MicroservicePlan;
  /** Every object of a kind. */
  every(kind: PatchedKind): readonly ApiObject[];
  /** The one object of a kind that there always is. */
  one(kind: PatchedKind): ApiObject;
}

/** Props that become fields almost as they are, so that the finished objects are judged as the API server does. */
const FREE_FORM = [
  'annotations',
  'autoscaling',
  'extraContainers',
  'initContainers',
  'labels',
  'patch',
  'pod',
  'resources',
  'serviceAccountAnnotations',
];

/**
 * Makes the objects below a construct. Throws a `DeclarationError` with every fault of the props, or notes them where
 * faults are collected.
 */
export function makeWorkload(scope: Construct, id: string, props: GivenProps, shape: PodShape): Workload {
  const { path } = scope.node;
  const { namespace } = Chart.of(scope);
  const judged = judgedProps(props, shape, path);
  const { plan, faults } = planMicroservice(judged.props, shape, {
    id,
    path,
    namespace,
    edge: edgePeerOf(scope),
    controller: declaredEdge(scope)?.controller,
    database: (service) => databaseOf(scope, service),
  });
  const isEnvSound = ['env', 'envFrom', 'given', 'initContainers', 'extraContainers'].every(
    (name) => !judged.unsound.has(name),
  );
  const ofEnv = isEnvSound ? faults : [];
  const ofProps = [...judged.faults, ...microserviceFaults(plan, path, judged.unsound), ...ofEnv];
  if (reportFaults(scope, ofProps)) return finish(scope, plan, placeholders(plan));

  const rendered = microserviceManifests(plan, { scope, namespace });
  const patches = { patches: plan.props.patch, workload: shape.kind };
  const { manifests, faults: missed } = applyPatches(rendered, patches, path);
  const broken = manifests.flatMap(({ kind, manifest }) =>
    kind === shape.kind ? ruleFaults({ manifest, plan }, path) : [],
  );
  const refused = FREE_FORM.some((name) => name in judged.props)
    ? refusalFaults(manifests.map(({ manifest }) => ({ path, manifest: withoutLazy(manifest) })))
    : [];
  reportFaults(scope, [...missed, ...broken, ...refused]);

  return finish(scope, plan, manifests);
}

/** Objects that hold the place of a construct whose faults are noted; synthesis fails before they are rendered. */
function placeholders({ name, shape }: MicroservicePlan): readonly EmittedManifest[] {
  const kinds: readonly KubeKind[] = [shape.kind, 'Service', 'ServiceAccount', 'NetworkPolicy'];
  return kinds.map((kind) => ({
    kind: kind as PatchedKind,
    name,
    manifest: kubeManifest(kind, { metadata: { name } }),
  }));
}

/** Makes the objects. */
function finish(scope: Construct, plan: MicroservicePlan, manifests: readonly EmittedManifest[]): Workload {
  const finished = manifests.map((it) =>
    it.kind === 'Job' ? { ...it, manifest: namedByContent(it.manifest as KubeManifest) } : it,
  );
  const objects = finished.map((emitted) => ({ ...emitted, object: makeObject(scope, emitted) }));
  const every = (kind: PatchedKind): readonly ApiObject[] =>
    objects.filter((emitted) => emitted.kind === kind).map(({ object }) => object);
  noteServicePods(scope, {
    service: plan.declaration.name,
    app: plan.name,
    kind: plan.shape.kind,
    listens: plan.listens,
  });
  return {
    plan,
    every,
    one: (kind) => {
      const [object] = every(kind);
      if (object === undefined) throw new Error(`no ${kind} was rendered`);
      return object;
    },
  };
}

function makeObject(scope: Construct, { kind, name, manifest }: EmittedManifest): ApiObject {
  const id = kind.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  return new ApiObject(scope, kind === 'PersistentVolumeClaim' ? `${id}-${name}` : id, manifest as ApiObjectProps);
}
