import type { EnvFrom, EnvVariable, KeyRef } from '#env';
import type { Consumer, JetStreamDuties, Message, RedisKeys } from '#messaging';
import type { ContainerResources } from '../object/container-resources.ts';
import type { ManifestPatch } from '../object/manifest-patch.ts';
import type { ExtraContainer } from './container.ts';
import type { EgressTarget } from './policy.ts';
import type { MicroserviceVolume } from './volumes.ts';
import type { NamedObject } from '../object/named-object.ts';
import type { PodPeer } from '../store/policy.ts';

/** When and how far the number of replicas follows the load. */
export interface Autoscaling {
  /** @default 2 */
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  /**
   * Share of the requested CPU that is aimed at, in percent.
   * @default 70, unless there is a share of memory
   */
  readonly cpuPercent?: number;
  /**
   * Share of the requested memory that is aimed at, in percent.
   * @default - memory does not count
   */
  readonly memoryPercent?: number;
}

/**
 * Props of {@link NatsMicroservice}. The fields of a service's declaration stand here under the same names, so a
 * declaration can be spread into them: `{ ...auth, image, given }`.
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
   * Variables in any order; each is emitted after those that it names.
   * @default []
   */
  readonly env?: readonly EnvVariable[];
  /**
   * Values of the variables that the declaration leaves to the place of deployment.
   * @default {} ; APP_VERSION is read from the image when it is left out
   */
  readonly given?: Readonly<Record<string, string>>;
  /**
   * Secrets and ConfigMaps whose keys all become variables. Name the keys that others refer to.
   * @default []
   */
  readonly envFrom?: readonly EnvFrom[];
  /** Messages that it publishes. @default [] */
  readonly publishes?: readonly Message[];
  /** Durable consumers that it runs. @default [] */
  readonly consumes?: readonly Consumer[];
  /** Messages that it listens to without a stream. @default [] */
  readonly subscribes?: readonly Message[];
  /** What else it may ask of JetStream. @default {} */
  readonly jetstream?: JetStreamDuties;
  /**
   * Path prefix that the edge sends to it; with one, the `gateway` may reach it.
   * @default - no route
   */
  readonly route?: string | undefined;
  /** Schema of its own in PostgreSQL. @default - no schema of its own */
  readonly databaseSchema?: string | undefined;
  /** Its keys in Redis. @default - none stated */
  readonly redisKeys?: RedisKeys | undefined;

  /**
   * NATS_URL when `env` holds none; false for no such variable.
   * @default 'nats://nats.<namespace>.svc.cluster.local:4222'
   */
  readonly natsUrl?: string | false;
  /**
   * REDIS_URL when `env` holds none; false for no such variable.
   * @default 'redis://redis.<namespace>.svc.cluster.local:6379'
   */
  readonly redisUrl?: string | false;
  /**
   * Where DATABASE_URL comes from when `env` holds none; false for no such variable.
   * @default - composed of DB_USER and DB_PASS where env holds both, else key `database-url` of the Secret `<namespace>-secrets`
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
   * CPU and memory; whichever half is given names both figures.
   * @default requests 100m and 128Mi, limits 500m and 512Mi
   */
  readonly resources?: Partial<ContainerResources>;
  /**
   * Secrets of type `kubernetes.io/dockerconfigjson` by which the image is pulled.
   * @default []
   */
  readonly imagePullSecrets?: readonly NamedObject[];
  /**
   * Numeric user and group of every container.
   * @default 65532
   */
  readonly uid?: number;
  /**
   * Most that /tmp may hold; the rest of the root file system is read-only.
   * @default '64Mi'
   */
  readonly tmpSize?: string;
  /**
   * Further volumes. A claim that one node alone may hold means one replica, replaced with a gap.
   * @default []
   */
  readonly volumes?: readonly MicroserviceVolume[];
  /**
   * Containers beside the service.
   * @default []
   */
  readonly extraContainers?: readonly ExtraContainer[];
  /**
   * Containers that run to their end before the service starts.
   * @default []
   */
  readonly initContainers?: readonly ExtraContainer[];
  /**
   * Annotations of the pods.
   * @default {}
   */
  readonly podAnnotations?: Readonly<Record<string, string>>;

  /**
   * Number of pods; from 2 on with a PodDisruptionBudget and spread over nodes.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Lets the number of pods follow the load; then `replicas` must be left out.
   * @default - a fixed number
   */
  readonly autoscaling?: Autoscaling;

  /**
   * Pods of the edge, which may reach a service with a route.
   * @default - the Traefik of k3s, in kube-system
   */
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
   * What it may reach besides DNS and the hosts in the cluster that its env names; hosts outside must be named here.
   * @default []
   */
  readonly egress?: readonly EgressTarget[];

  /**
   * Seconds that it may take to start before it is restarted.
   * @default - START_DEADLINE_S of its env and 30 more, else 90
   */
  readonly startSeconds?: number;
  /**
   * Seconds between being taken out of the endpoints and SIGTERM; 0 for none. Uses the `sleep` action, which needs
   * Kubernetes 1.30 and no program in the image.
   * @default 5
   */
  readonly preStopSeconds?: number;
  /**
   * Seconds from then until it is killed.
   * @default - preStopSeconds, SHUTDOWN_GRACE_MS of its env (else 25 s) or the longest ack wait, and 5 more
   */
  readonly terminationGracePeriodSeconds?: number;
  /**
   * Seconds without progress after which a roll-out counts as failed; keep it below the time-out of what deploys.
   * @default 240
   */
  readonly progressDeadlineSeconds?: number;

  /**
   * Changes of the rendered objects, for what no prop says; one whose path leads nowhere is an error.
   * @default []
   */
  readonly patch?: readonly ManifestPatch[];
}
