/**
 * Which pods run as which service. A Job of a service has a name and a label of its own, or the Service would send it
 * requests; it logs in to the stores as the service all the same, so they let its pods in too.
 */
import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';

/** Pods and the service whose logins they use. */
export interface ServicePods {
  /** Name of the service's declaration. */
  readonly service: string;
  /** Label `app` of the pods, and name of their workload. */
  readonly app: string;
  /** What runs them. */
  readonly kind: string;
  /** Whether its own container has the port 8000. */
  readonly listens: boolean;
}

/** Such pods and their namespace. */
export interface PlacedServicePods extends ServicePods {
  readonly namespace: string | undefined;
}

const RUNS_AS = 'cdk8s-nats.dev/runs-as';

/** Notes at a construct what its pods run as. */
export function noteServicePods(construct: Construct, pods: ServicePods): void {
  construct.node.addMetadata(RUNS_AS, pods);
}

/** What is noted in the whole app; complete once every construct exists. */
export function servicePodsIn(scope: IConstruct): readonly PlacedServicePods[] {
  return scope.node.root.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === RUNS_AS)
        .map(({ data }) => ({ ...(data as ServicePods), namespace: Chart.of(construct).namespace })),
    );
}
