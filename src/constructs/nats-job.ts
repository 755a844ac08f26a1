import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { EnvEntry } from '#env';
import type { ServiceDeclaration } from '#messaging';
import type { Connection } from '#manifests';
import type { ServicePodProps } from './microservice/props.ts';
import type { JobOptions } from './microservice/shape.ts';
import { makeWorkload } from './microservice/workload.ts';

/** Props of {@link NatsJob}; a declaration can be spread into them. */
export interface NatsJobProps extends ServicePodProps, JobOptions {
  /**
   * Name of the service whose logins it uses: NATS permissions, database role, keys. The objects have that name if it is
   * the id of the construct; else both, as `orders-report`, so that they can stand beside the microservice.
   * @default - the id of the construct
   */
  readonly name?: string;
  /**
   * Seconds after which a Job that is over is deleted, with its pods and logs.
   * @default 604800, a week
   */
  readonly ttlSecondsAfterFinished?: number;
}

/** A week: longer than the time between two deployments, so that what has run does not run again. */
const DEFAULT_TTL_SECONDS = 604_800;

/**
 * Pods that run once to completion, such as a backfill, with the variables, logins and policies of a service. The name of
 * the Job carries a hash of its content, because a Job cannot be changed: what is changed runs again, and what is not
 * does not. Throws a `DeclarationError` with every fault of its props, each with the path of the construct.
 */
export class NatsJob extends Construct {
  /** Name of its objects, and the value of their label `app`. */
  readonly name: string;
  /** Its declaration, including the variables that were added; its name is that of its logins. */
  readonly declaration: ServiceDeclaration;
  /** Entries of its container's `env`, in the order in which they are emitted. */
  readonly env: readonly EnvEntry[];
  /** Hosts and ports in the variables of its containers. */
  readonly connections: readonly Connection[];
  /** Its name is {@link name} and a hash. */
  readonly job: ApiObject;
  /** Undefined with an existing one. */
  readonly serviceAccount: ApiObject | undefined;
  /** The policy of its pods: no ingress, egress to what its variables name. */
  readonly networkPolicy: ApiObject;
  /** Claims that were created with it. */
  readonly persistentVolumeClaims: readonly ApiObject[];

  constructor(scope: Construct, id: string, props: NatsJobProps) {
    super(scope, id);
    // JavaScript callers may give no props at all
    const given = { ...props };
    const { backoffLimit, activeDeadlineSeconds, completions, parallelism, ttlSecondsAfterFinished } = given;
    const job = { backoffLimit, activeDeadlineSeconds, completions, parallelism };
    const shape = {
      kind: 'Job',
      job,
      ttlSecondsAfterFinished: ttlSecondsAfterFinished ?? DEFAULT_TTL_SECONDS,
    } as const;
    const { plan, one, every } = makeWorkload(this, id, { ...given, route: undefined }, shape);
    this.name = plan.name;
    this.declaration = plan.declaration;
    this.env = plan.env;
    this.connections = plan.connections;
    this.job = one('Job');
    this.serviceAccount = every('ServiceAccount')[0];
    this.networkPolicy = one('NetworkPolicy');
    this.persistentVolumeClaims = every('PersistentVolumeClaim');
  }
}
