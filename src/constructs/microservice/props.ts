import type { EnvEntry, EnvFrom, EnvVariable } from '#env';
import type { Consumer, JetStreamDuties, Message, NatsRequest, RedisKeys } from '#messaging';
import type { ContainerResources } from '../object/container-resources.ts';
import type { ManifestPatch } from '../object/manifest-patch.ts';
import type { EdgePeer } from '../edge/edge.ts';
import type { NamedObject } from '../object/named-object.ts';
import type { NetworkPeer } from '../store/policy.ts';
import type { Autoscaling } from './autoscaling.ts';
import type { ExtraContainer, InitContainer } from './container.ts';
import type { StoreUrl } from './env.ts';
import type { PodOptions } from './pod-options.ts';
import type { EgressTarget, IngressSource } from './policy.ts';
import type { ExtraPort } from './ports.ts';
import type { Probes } from './probes.ts';
import type { DisruptionBudget } from './replicas.ts';
import type { MicroserviceVolume } from './volumes.ts';

/** Props of every pod that runs as a service: what it is, what it talks to, and where it runs. */
export interface ServicePodProps {
  /** Image by digest or exact tag, such as `registry.example/auth@sha256:…`. */
  readonly image: string;

  /**
   * Name of the objects and of the label `app`.
   * @default - the id of the construct
   */
  readonly name?: string;
  /**
   * Labels of every object besides `app`; those of the pods are in `pod.labels`.
   * @default {}
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Annotations of every object, such as the sync wave of Argo CD; those of the pods are in `pod.annotations`.
   * @default {}
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Variables in any order; each is emitted after those that it references. Kubernetes' own form
   * `{ name, value }` or `{ name, valueFrom }` is accepted too.
   * @default []
   */
  readonly env?: readonly (EnvVariable | EnvEntry)[];
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
  /** Requests that it alone answers. @default [] */
  readonly responds?: readonly NatsRequest[];
  /** Requests that it sends. @default [] */
  readonly requests?: readonly NatsRequest[];
  /** Additional JetStream rights. @default {} */
  readonly jetstream?: JetStreamDuties;
  /** Its own schema in PostgreSQL. @default - no schema */
  readonly databaseSchema?: string | undefined;
  /** Its keys in Redis. @default - none stated */
  readonly redisKeys?: RedisKeys | undefined;

  /**
   * NATS_URL if `env` does not contain it; false for no such variable.
   * @default 'nats://nats.<namespace>.svc.cluster.local:4222'
   */
  readonly natsUrl?: StoreUrl;
  /**
   * REDIS_URL if `env` does not contain it; false for no such variable.
   * @default 'redis://redis.<namespace>.svc.cluster.local:6379'
   */
  readonly redisUrl?: StoreUrl;
  /**
   * DATABASE_URL if `env` does not contain it, such as the `url` of a `Postgres`; false for no such variable.
   * @default - composed of DB_USER and DB_PASS if env contains both, with the database of the app's `Postgres` that has the
   * service (else one of the name of DB_USER); without them, key `database-url` of the Secret `<namespace>-secrets`
   */
  readonly databaseUrl?: StoreUrl;

  /** @default - the image's own entry point */
  readonly command?: readonly string[];
  /** @default - the image's own arguments */
  readonly args?: readonly string[];
  /**
   * CPU, memory and other resources; requests or limits, if set, must contain CPU and memory.
   * @default requests 100m and 128Mi, limits 500m and 512Mi
   */
  readonly resources?: Partial<ContainerResources>;
  /**
   * Secrets of type `kubernetes.io/dockerconfigjson` to pull the image with.
   * @default []
   */
  readonly imagePullSecrets?: readonly NamedObject[];
  /**
   * Additional ports of its container, such as 9090 for metrics. Ports of sidecars are in `extraContainers`.
   * @default []
   */
  readonly ports?: readonly ExtraPort[];
  /**
   * Existing ServiceAccount, which the pods use instead of their own; the checks want its name in `existing`.
   * @default - one is created, without rights
   */
  readonly existingServiceAccount?: NamedObject;
  /**
   * Annotations of the ServiceAccount that is created, such as `eks.amazonaws.com/role-arn`.
   * @default {}
   */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /**
   * Fields of the pod template: scheduling, labels, annotations, hooks.
   * @default {}
   */
  readonly pod?: PodOptions;
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
   * Containers that complete before the service starts, and native sidecars.
   * @default []
   */
  readonly initContainers?: readonly InitContainer[];

  /**
   * Who may reach ports of containers that the cluster injects, such as 4143 of Linkerd.
   * @default []
   */
  readonly ingress?: readonly IngressSource[];
  /**
   * Targets that it may reach besides DNS and the cluster hosts in its env; list external hosts here.
   * @default []
   */
  readonly egress?: readonly EgressTarget[];

  /**
   * Seconds from its removal from the endpoints until it is killed.
   * @default - the sum of preStopSeconds, SHUTDOWN_GRACE_MS of its env (else 25 s) or the longest ack wait, and 5
   */
  readonly terminationGracePeriodSeconds?: number;

  /**
   * Changes to the rendered objects that no prop covers; a path that does not exist is an error.
   * @default []
   */
  readonly patch?: readonly ManifestPatch[];
}

/** Props of pods that keep running. */
export interface RunningPodProps extends ServicePodProps {
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
  /**
   * How many pods an eviction may take; needs at least two replicas.
   * @default - one, from two replicas
   */
  readonly disruptionBudget?: DisruptionBudget;
  /**
   * Sidecar containers.
   * @default []
   */
  readonly extraContainers?: readonly ExtraContainer[];
  /**
   * Pods that read /metrics on port 8000, one or several.
   * @default - nobody
   */
  readonly scraper?: NetworkPeer | readonly NetworkPeer[];

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
   * Seconds without progress after which a rollout counts as failed; keep it below the timeout of the deployment.
   * @default 240
   */
  readonly progressDeadlineSeconds?: number;
}

/**
 * Props of {@link NatsMicroservice}. They include the fields of a service declaration under the same names, so it can
 * be spread into them: `{ ...auth, image, given }`.
 */
export interface NatsMicroserviceProps extends RunningPodProps {
  /**
   * Path prefix that the edge routes to it; with one, the `gateway` may reach it.
   * @default - no route
   */
  readonly route?: string | undefined;
  /**
   * Port that it listens on. Always 8000: anything else is an error.
   * @default 8000
   */
  readonly port?: number;
  /**
   * Paths and times of the probes.
   * @default - /livez and /readyz on port 8000
   */
  readonly probes?: Probes;

  /** The edge, which may reach a service with a route. @default - the declared edge, else Traefik of k3s in kube-system */
  readonly gateway?: EdgePeer;
  /**
   * Others that may reach port 8000.
   * @default []
   */
  readonly callers?: readonly NetworkPeer[];
}
