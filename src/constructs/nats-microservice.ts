import type { ApiObject } from 'cdk8s';
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { EnvEntry } from '#env';
import type { ServiceDeclaration } from '#messaging';
import type { Connection } from '#manifests';
import { SERVICE_PORT } from './microservice/container.ts';
import type { NatsMicroserviceProps } from './microservice/props.ts';
import { makeWorkload } from './microservice/workload.ts';

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
  /** Its Deployment. */
  readonly deployment: ApiObject;
  /** Its Service, port 8000. */
  readonly service: ApiObject;
  /** Undefined with an existing one. */
  readonly serviceAccount: ApiObject | undefined;
  /** The policy of its pods: ingress from the edge and callers, egress to what its variables name. */
  readonly networkPolicy: ApiObject;
  /** Undefined below two replicas. */
  readonly podDisruptionBudget: ApiObject | undefined;
  /** Undefined without `autoscaling`. */
  readonly horizontalPodAutoscaler: ApiObject | undefined;
  /** Claims that were created with it. */
  readonly persistentVolumeClaims: readonly ApiObject[];

  constructor(scope: Construct, id: string, props: NatsMicroserviceProps) {
    super(scope, id);
    const { plan, one, every } = makeWorkload(this, id, props, { kind: 'Deployment', serves: true });
    const { namespace } = Chart.of(this);
    this.name = plan.name;
    this.host = namespace === undefined ? plan.name : `${plan.name}.${namespace}.svc.cluster.local`;
    this.route = plan.declaration.route;
    this.declaration = plan.declaration;
    this.env = plan.env;
    this.connections = plan.connections;
    this.deployment = one('Deployment');
    this.service = one('Service');
    this.serviceAccount = every('ServiceAccount')[0];
    this.networkPolicy = one('NetworkPolicy');
    this.podDisruptionBudget = every('PodDisruptionBudget')[0];
    this.horizontalPodAutoscaler = every('HorizontalPodAutoscaler')[0];
    this.persistentVolumeClaims = every('PersistentVolumeClaim');
  }
}
