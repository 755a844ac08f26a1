/** What differs between two places where the platform runs. Everything else follows from the catalog. */
import type { Edge, NodeRoom } from '#cdk8s-nats';
import type { ServiceName } from '#contracts';

/** Images by service, and the web's; each by digest or exact tag. */
export type PlatformImages = Readonly<Record<ServiceName | 'web', string>>;

/** Settings of one place. */
export interface PlatformSettings {
  /** Namespace of all objects. */
  readonly namespace: string;
  /** Host that the edge answers for; the cookie's `__Host-` prefix needs https, so a TLS Secret belongs to it. */
  readonly host: string;
  /** Secret of type kubernetes.io/tls for the host. @default - none, as for an ALB, which takes its certificate from ACM */
  readonly tlsSecret?: string;
  /** IngressClass of the edge: traefik, nginx, kong, haproxy or cilium. */
  readonly ingressClass: string;
  /** The edge, if it is not one of these. @default - the usual one of the class */
  readonly edge?: Edge;
  /** What happens to a workload that breaks the rules of a microservice, no matter who applies it. */
  readonly admission: 'warn' | 'deny';
  readonly images: PlatformImages;
  /** Secrets by which the images are pulled. */
  readonly imagePullSecrets: readonly string[];
  /** Pods of each stateless service, and of the web. */
  readonly replicas: number;
  /**
   * The nodes, without what the system takes of them. With it, synthesis fails if they have no room for all pods while
   * all services are updated.
   * @default - nodes of any size
   */
  readonly nodes?: NodeRoom;
  /** Class of every volume. @default - the cluster's default class */
  readonly storageClass?: string;
  readonly nats: {
    /** 1, or 3 as a cluster. */
    readonly replicas: 1 | 3;
    readonly storage: string;
  };
  /** Where the services send their spans. @default - no spans are recorded */
  readonly tracing?: {
    /** Address of an OTLP collector (HTTP), such as `http://otel-collector.observability.svc.cluster.local:4318`. */
    readonly endpoint: string;
  };
  readonly postgres: { readonly storage: string; readonly backup: boolean };
  readonly redis: { readonly storage: string };
  readonly media: {
    readonly storage: string;
    /** `ReadWriteOnce` keeps media at one pod, replaced with a gap; `ReadWriteMany` lets it have as many as the others. */
    readonly accessMode: 'ReadWriteOnce' | 'ReadWriteMany';
    /** Class of media's volume, where it is another. @default - that of every volume */
    readonly storageClass?: string;
  };
}
