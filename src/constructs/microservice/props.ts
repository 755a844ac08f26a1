import type { EnvFrom, EnvVariable, KeyRef } from '#env';
import type { Consumer, JetStreamDuties, Message, RedisKeys } from '#messaging';
import type { ContainerResources } from '../object/container-resources.ts';
import type { ManifestPatch } from '../object/manifest-patch.ts';
import type { ExtraContainer } from './container.ts';
import type { EgressTarget } from './policy.ts';
import type { MicroserviceVolume } from './volumes.ts';
import type { NamedObject } from '../object/named-object.ts';
import type { PodPeer } from '../store/policy.ts';

/** Automatic scaling of the replicas. */
export interface Autoscaling {
  /** @default 2 */
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  /** Target share of the requested CPU, in percent. @default 70, unless a share of memory is set */
  readonly cpuPercent?: number;
  /** Target share of the requested memory, in percent. @default - memory is ignored */
  readonly memoryPercent?: number;
}

/**
 * Props of {@link NatsMicroservice}. They include the fields of a service declaration under the same names, so it can
 * be spread into them: `{ ...auth, image, given }`.
 */
export interface NatsMicroserviceProps {
  /** Image by digest or exact tag, such as `registry.example/auth@sha256:…`. */
  readonly image: string;

  /**
   * Name of the objects and of the label `app`.
   * @default - the id of the construct
   */
  readonly name?: string;
  /**
   * Variables in any order; each is emitted after those that it references.
   * @default []
   */
  readonly env?: readonly EnvVariable[];
  /**
   * Values of the variables that the declaration leaves to the deployment.
   * @default {} ; APP_VERSION is read from the image when it is left out
   */
  readonly given?: Readonly<Record<string, string>>;
  /**
   * Secrets and ConfigMaps of which all keys become variables. List the keys that others reference.
   * @default []
   */
  readonly envFrom?: readonly EnvFrom[];
  /** Messages that it publishes. @default [] */
  readonly publishes?: readonly Message[];
  /** Durable consumers that it runs. @default [] */
  readonly consumes?: readonly Consumer[];
  /** Messages that it subscribes to without a stream. @default [] */
  readonly subscribes?: readonly Message[];
  /** Additional JetStream rights. @default {} */
  readonly jetstream?: JetStreamDuties;
  /**
   * Path prefix that the edge routes to it; with one, the `gateway` may reach it.
   * @default - no route
   */
  readonly route?: string | undefined;
  /** Its own schema in PostgreSQL. @default - no schema */
  readonly databaseSchema?: string | undefined;
  /** Its keys in Redis. @default - none stated */
  readonly redisKeys?: RedisKeys | undefined;

  /**
   * NATS_URL if `env` does not contain it; false for no such variable.
   * @default 'nats://nats.<namespace>.svc.cluster.local:4222'
   */
  readonly natsUrl?: string | false;
  /**
   * REDIS_URL if `env` does not contain it; false for no such variable.
   * @default 'redis://redis.<namespace>.svc.cluster.local:6379'
   */
  readonly redisUrl?: string | false;
  /**
   * Source of DATABASE_URL if `env` does not contain it; false for no such variable.
   * @default - composed of DB_USER and DB_PASS if env contains both, else key `database-url` of the Secret
   * `<namespace>-secrets`
   */
  readonly databaseUrl?: KeyRef | false;

  /**
   * Port that it listens on. Always 8000: anything else is an error.
   * @default 8000
   */
  readonly port?: number;
  /** @default - the image's own entry point */
  readonly command?: readonly string[];
  /** @default - the image's own arguments */
  readonly args?: readonly string[];
  /**
   * CPU and memory; requests or limits, if set, must contain both.
   * @default requests 100m and 128Mi, limits 500m and 512Mi
   */
  readonly resources?: Partial<ContainerResources>;
  /**
   * Secrets of type `kubernetes.io/dockerconfigjson` to pull the image with.
   * @default []
   */
  readonly imagePullSecrets?: readonly NamedObject[];
  /**
   * Numeric user and group of every container.
   * @default 65532
   */
  readonly uid?: number;
  /**
   * Size limit of /tmp; the rest of the root file system is read-only.
   * @default '64Mi'
   */
  readonly tmpSize?: string;
  /**
   * Additional volumes. With a ReadWriteOnce claim, there is one replica, and updates have a gap.
   * @default []
   */
  readonly volumes?: readonly MicroserviceVolume[];
  /**
   * Sidecar containers.
   * @default []
   */
  readonly extraContainers?: readonly ExtraContainer[];
  /**
   * Containers that complete before the service starts.
   * @default []
   */
  readonly initContainers?: readonly ExtraContainer[];
  /**
   * Annotations of the pods.
   * @default {}
   */
  readonly podAnnotations?: Readonly<Record<string, string>>;

  /**
   * Number of pods; from 2, they have a PodDisruptionBudget and are spread over nodes.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Scales the number of pods with the load; then `replicas` must be omitted.
   * @default - a fixed number
   */
  readonly autoscaling?: Autoscaling;

  /** Pods of the edge, which may reach a service with a route. @default - Traefik of k3s, in kube-system */
  readonly gateway?: PodPeer;
  /**
   * Pods that read /metrics.
   * @default - nobody
   */
  readonly scraper?: PodPeer;
  /**
   * Other pods that may reach the port.
   * @default []
   */
  readonly callers?: readonly PodPeer[];
  /**
   * Targets that it may reach besides DNS and the cluster hosts in its env; list external hosts here.
   * @default []
   */
  readonly egress?: readonly EgressTarget[];

  /**
   * Seconds that it may take to start before it is restarted.
   * @default - START_DEADLINE_S of its env plus 30, else 90
   */
  readonly startSeconds?: number;
  /**
   * Seconds between its removal from the endpoints and SIGTERM; 0 for none. Uses the `sleep` action, which needs
   * Kubernetes 1.30 and no program in the image.
   * @default 5
   */
  readonly preStopSeconds?: number;
  /**
   * Seconds from its removal from the endpoints until it is killed.
   * @default - the sum of preStopSeconds, SHUTDOWN_GRACE_MS of its env (else 25 s) or the longest ack wait, and 5
   */
  readonly terminationGracePeriodSeconds?: number;
  /**
   * Seconds without progress after which a rollout counts as failed; keep it below the timeout of the deployment.
   * @default 240
   */
  readonly progressDeadlineSeconds?: number;

  /**
   * Changes to the rendered objects that no prop covers; a path that does not exist is an error.
   * @default []
   */
  readonly patch?: readonly ManifestPatch[];
}
