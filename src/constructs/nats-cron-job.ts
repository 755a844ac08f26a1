import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { EnvEntry } from '#env';
import type { ServiceDeclaration } from '#messaging';
import type { Connection } from '#manifests';
import type { ServicePodProps } from './microservice/props.ts';
import type { CronOptions, JobOptions } from './microservice/shape.ts';
import { makeWorkload } from './microservice/workload.ts';

/** Props of {@link NatsCronJob}; a declaration can be spread into them. */
export interface NatsCronJobProps extends ServicePodProps, JobOptions, CronOptions {
  /**
   * Name of the service whose logins it uses: NATS permissions, database role, keys. The objects have that name if it is
   * the id of the construct; else both, as `orders-report`, so that they can stand beside the microservice.
   * @default - the id of the construct
   */
  readonly name?: string;
}

/**
 * Pods that run to completion at set times, such as a nightly report, with the variables, logins and policies of a
 * service. Throws a `DeclarationError` with every fault of its props, each with the path of the construct.
 */
export class NatsCronJob extends Construct {
  /** Name of its objects, and the value of their label `app`. */
  readonly name: string;
  /** Its declaration, including the variables that were added; its name is that of its logins. */
  readonly declaration: ServiceDeclaration;
  /** Entries of its container's `env`, in the order in which they are emitted. */
  readonly env: readonly EnvEntry[];
  /** Hosts and ports in the variables of its containers. */
  readonly connections: readonly Connection[];
  /** Its CronJob. */
  readonly cronJob: ApiObject;
  /** Undefined with an existing one. */
  readonly serviceAccount: ApiObject | undefined;
  /** The policy of its pods: no ingress, egress to what its variables name. */
  readonly networkPolicy: ApiObject;
  /** Claims that were created with it. */
  readonly persistentVolumeClaims: readonly ApiObject[];

  constructor(scope: Construct, id: string, props: NatsCronJobProps) {
    super(scope, id);
    // JavaScript callers may give no props at all
    const given = { ...props };
    const { backoffLimit, activeDeadlineSeconds, completions, parallelism } = given;
    const { schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds, suspend } = given;
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = given;
    const shape = {
      kind: 'CronJob',
      job: { backoffLimit, activeDeadlineSeconds, completions, parallelism },
      cron: {
        ...{ schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds, suspend },
        ...{ successfulJobsHistoryLimit, failedJobsHistoryLimit },
      },
    } as const;
    const { plan, one, every } = makeWorkload(this, id, { ...given, route: undefined }, shape);
    this.name = plan.name;
    this.declaration = plan.declaration;
    this.env = plan.env;
    this.connections = plan.connections;
    this.cronJob = one('CronJob');
    this.serviceAccount = every('ServiceAccount')[0];
    this.networkPolicy = one('NetworkPolicy');
    this.persistentVolumeClaims = every('PersistentVolumeClaim');
  }
}
