import { ApiObject, Chart } from 'cdk8s';
import type { ApiObjectProps } from 'cdk8s';
import { Construct } from 'constructs';
import { assertNoFaults } from '#env';
import type { EnvEntry } from '#env';
import type { ServiceDeclaration } from '#messaging';
import type { Connection } from '#manifests';
import type { PatchedKind } from './object/manifest-patch.ts';
import { SERVICE_PORT } from './microservice/container.ts';
import { microserviceFaults } from './microservice/faults.ts';
import { applyPatches, microserviceManifests } from './microservice/manifests.ts';
import type { EmittedManifest } from './microservice/manifests.ts';
import { planMicroservice } from './microservice/plan.ts';
import type { NatsMicroserviceProps } from './microservice/props.ts';
import { ruleFaults } from './microservice/rules.ts';

/**
 * An HTTP microservice that communicates over NATS: everything that it needs in a namespace, derived from its
 * declaration. Throws a `DeclarationError` with every fault of its props, each with the path of the construct.
 */
export class NatsMicroservice extends Construct {
  /** Name of its objects, and the value of their label `app`. */
  readonly name: string;
  /** Port of its Service and of its pods. */
  readonly port: number = SERVICE_PORT;
  /** Host name of its Service inside the cluster. */
  readonly host: string;
  /** Path prefix that the edge routes to it; undefined without a route. */
  readonly route: string | undefined;
  /** Its declaration, including the variables that were added. */
  readonly declaration: ServiceDeclaration;
  /** Entries of its container's `env`, in the order in which they are emitted. */
  readonly env: readonly EnvEntry[];
  /** Hosts and ports in the variables of its containers. */
  readonly connections: readonly Connection[];
  readonly deployment: ApiObject;
  readonly service: ApiObject;
  readonly serviceAccount: ApiObject;
  readonly networkPolicy: ApiObject;
  /** Undefined below two replicas. */
  readonly podDisruptionBudget: ApiObject | undefined;
  /** Undefined without `autoscaling`. */
  readonly horizontalPodAutoscaler: ApiObject | undefined;
  /** Claims that were created with it. */
  readonly persistentVolumeClaims: readonly ApiObject[];

  constructor(scope: Construct, id: string, props: NatsMicroserviceProps) {
    super(scope, id);
    const { path } = this.node;
    const { namespace } = Chart.of(this);
    const { plan, faults } = planMicroservice(props, { id, path, namespace });
    assertNoFaults([...microserviceFaults(plan, path), ...faults]);

    this.name = plan.name;
    this.host = namespace === undefined ? plan.name : `${plan.name}.${namespace}.svc.cluster.local`;
    this.route = plan.declaration.route;
    this.declaration = plan.declaration;
    this.env = plan.env;
    this.connections = plan.connections;

    const rendered = microserviceManifests(plan, { scope: this, namespace });
    const { manifests, faults: missed } = applyPatches(rendered, plan.props.patch, path);
    const broken = manifests.flatMap(({ kind, manifest }) =>
      kind === 'Deployment' ? ruleFaults({ manifest, plan }, path) : [],
    );
    assertNoFaults([...missed, ...broken]);

    const objects = manifests.map((emitted) => ({ ...emitted, object: this.make(emitted) }));
    const every = (kind: PatchedKind): readonly ApiObject[] =>
      objects.filter((emitted) => emitted.kind === kind).map(({ object }) => object);
    const one = (kind: PatchedKind): ApiObject => first(every(kind), kind);
    this.deployment = one('Deployment');
    this.service = one('Service');
    this.serviceAccount = one('ServiceAccount');
    this.networkPolicy = one('NetworkPolicy');
    this.podDisruptionBudget = every('PodDisruptionBudget')[0];
    this.horizontalPodAutoscaler = every('HorizontalPodAutoscaler')[0];
    this.persistentVolumeClaims = every('PersistentVolumeClaim');
  }

  private make({ kind, name, manifest }: EmittedManifest): ApiObject {
    const id = kind.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    return new ApiObject(this, kind === 'PersistentVolumeClaim' ? `${id}-${name}` : id, manifest as ApiObjectProps);
  }
}

function first(objects: readonly ApiObject[], kind: PatchedKind): ApiObject {
  const [object] = objects;
  if (object === undefined) throw new Error(`no ${kind} was rendered`);
  return object;
}
