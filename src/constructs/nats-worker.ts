import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { EnvEntry } from '#env';
import type { ServiceDeclaration } from '#messaging';
import type { Connection } from '#manifests';
import type { ProbeChoice } from './microservice/probes.ts';
import type { RunningPodProps } from './microservice/props.ts';
import { makeWorkload } from './microservice/workload.ts';

/** Props of {@link NatsWorker}; a declaration can be spread into them. */
export interface NatsWorkerProps extends RunningPodProps {
  /**
   * Name of the service whose logins it uses: NATS permissions, database role, keys. The objects have that name if it is
   * the id of the construct; else both, as `orders-report`, so that they can stand beside the microservice.
   * @default - the id of the construct
   */
  readonly name?: string;
  /**
   * How the pods are probed. With a command, or with false for not at all, the container has no port 8000: for images
   * without a health endpoint.
   * @default - /livez and /readyz on port 8000, where the runtime answers them
   */
  readonly probes?: ProbeChoice;
}

/**
 * A service that consumes messages and answers no requests: a {@link NatsMicroservice} without Service and route.
 * Throws a `DeclarationError` with every fault of its props, each with the path of the construct.
 */
export class NatsWorker extends Construct {
  /** Name of its objects, and the value of their label `app`. */
  readonly name: string;
  /** Its declaration, including the variables that were added; its name is that of its logins. */
  readonly declaration: ServiceDeclaration;
  /** Entries of its container's `env`, in the order in which they are emitted. */
  readonly env: readonly EnvEntry[];
  /** Hosts and ports in the variables of its containers. */
  readonly connections: readonly Connection[];
  /** Its Deployment. */
  readonly deployment: ApiObject;
  /** Undefined with an existing one. */
  readonly serviceAccount: ApiObject | undefined;
  /** The policy of its pods: egress to what its variables name. */
  readonly networkPolicy: ApiObject;
  /** Claims that were created with it. */
  readonly persistentVolumeClaims: readonly ApiObject[];
  /** Undefined below two replicas. */
  readonly podDisruptionBudget: ApiObject | undefined;
  /** Undefined without `autoscaling`. */
  readonly horizontalPodAutoscaler: ApiObject | undefined;

  constructor(scope: Construct, id: string, props: NatsWorkerProps) {
    super(scope, id);
    // the route of a declaration belongs to the microservice beside it
    const own = { ...props, route: undefined };
    const { plan, one, every } = makeWorkload(this, id, own, { kind: 'Deployment', serves: false });
    this.name = plan.name;
    this.declaration = plan.declaration;
    this.env = plan.env;
    this.connections = plan.connections;
    this.deployment = one('Deployment');
    this.serviceAccount = every('ServiceAccount')[0];
    this.networkPolicy = one('NetworkPolicy');
    this.persistentVolumeClaims = every('PersistentVolumeClaim');
    this.podDisruptionBudget = every('PodDisruptionBudget')[0];
    this.horizontalPodAutoscaler = every('HorizontalPodAutoscaler')[0];
  }
}
