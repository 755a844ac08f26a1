/**
 * The edge: what lets requests in from outside the cluster. It is declared once, for an app or a chart. From it follow the
 * class and the annotations of an {@link ApiGateway}, and whom the NetworkPolicy of each routed service lets in.
 */
import type { IConstruct } from 'constructs';
import { DeclarationError } from '#env';
import { nearestName } from '#nearest-name';
import { assertProps, oneWord, type PropShapes, required } from '#prop-shapes';
import type { KubeManifest } from '../object/kube-objects.ts';
import { CONSTRUCT } from '../object/object-shapes.ts';
import { EDGE_PEER } from '../store/peer-shapes.ts';
import type { NetworkPeer, PodPeer } from '../store/policy.ts';
import { K3S_TRAEFIK } from './edge-peer.ts';
import { controllerOfClass, CONTROLLERS } from './ingress-timeouts.ts';
import type { IngressController } from './ingress-timeouts.ts';

/** Cilium's own proxy, which only a CiliumNetworkPolicy can name; it is rendered beside the NetworkPolicy. */
export interface CiliumPeer {
  /** Entity of Cilium: its Ingress and Gateway API proxy. */
  readonly ciliumEntity: 'ingress';
}

/** Who connects to the pods behind the edge. */
export type EdgePeer = NetworkPeer | CiliumPeer;

/** An edge. */
export interface Edge {
  /** Name of the IngressClass or GatewayClass. */
  readonly className: string;
  /** Whether routes are an Ingress or an HTTPRoute. */
  readonly kind: 'ingress' | 'gateway-api';
  /** Who connects to the pods. */
  readonly peer: EdgePeer;
  /** Determines the annotations of an Ingress. @default - by the name of the class, if it is a usual one */
  readonly controller?: IngressController;
  /** Further annotations of the Ingress or HTTPRoute. @default {} */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The edges of usual installations; `Edge.of` takes any other. */
export const Edge = {
  /** Traefik as k3s brings it, in kube-system: what applies when no edge is declared. */
  k3sTraefik: (): Edge => ingress('traefik', K3S_TRAEFIK),

  /** ingress-nginx, the controller of the Kubernetes project, by its own chart. */
  ingressNginx: (props: EdgeNamespace = {}): Edge =>
    ingress('nginx', pods(namespaceOf(props, 'ingress-nginx'), { 'app.kubernetes.io/name': 'ingress-nginx' })),

  /** Kong, installed as the release `kong`. */
  kong: (props: EdgeNamespace = {}): Edge =>
    ingress('kong', pods(namespaceOf(props, 'kong'), { 'app.kubernetes.io/instance': 'kong' })),

  /** The controller of HAProxy Technologies, by its own chart. */
  haproxy: (props: EdgeNamespace = {}): Edge =>
    ingress(
      'haproxy',
      pods(namespaceOf(props, 'haproxy-controller'), { 'app.kubernetes.io/name': 'kubernetes-ingress' }),
    ),

  /** Cilium as the controller of an Ingress. */
  cilium: (): Edge => ingress('cilium', { ciliumEntity: 'ingress' }),

  /** The AWS Load Balancer Controller: an ALB that reaches the pods by their addresses, from the subnets of its VPC. */
  awsLoadBalancer: (props: {
    /** Address ranges of the subnets of the load balancer. */
    readonly cidrs: readonly string[];
    /** @default 'internet-facing' */
    readonly scheme?: 'internet-facing' | 'internal';
  }): Edge => {
    assertProps(props, AWS, 'Edge.awsLoadBalancer', 'Edge.awsLoadBalancer');
    return {
      ...ingress('alb', { cidrs: props.cidrs }),
      annotations: {
        'alb.ingress.kubernetes.io/scheme': props.scheme ?? 'internet-facing',
        'alb.ingress.kubernetes.io/target-type': 'ip',
      },
    };
  },

  /** Envoy Gateway, whose proxies run in its own namespace. */
  envoyGateway: (props: EdgeNamespace = {}): Edge => ({
    className: 'eg',
    kind: 'gateway-api',
    peer: pods(namespaceOf(props, 'envoy-gateway-system'), { 'app.kubernetes.io/name': 'envoy' }),
  }),

  /** Cilium as an implementation of the Gateway API. */
  ciliumGateway: (): Edge => ({ className: 'cilium', kind: 'gateway-api', peer: { ciliumEntity: 'ingress' } }),

  /** Any implementation of the Gateway API; with Istio, for one, the peer is the pods of the Gateway. */
  gatewayApi: (props: { readonly className: string; readonly peer: EdgePeer }): Edge => ({
    ...props,
    kind: 'gateway-api',
  }),

  /** Any edge. */
  of: (edge: Edge): Edge => edge,

  /** The usual edge of an IngressClass. Throws for a class whose pods are not known. */
  ofClass: (className: string): Edge => {
    const edge = BY_CLASS[className]?.();
    if (edge !== undefined) return edge;
    const near = nearestName(className, Object.keys(BY_CLASS));
    const hint = near === undefined ? '' : `did you mean ${near}, or `;
    const message = `class is ${className}, but it is not known whose pods serve it (${Object.keys(BY_CLASS).join(', ')}): ${hint}declare Edge.of({ className, kind, peer })`;
    throw new DeclarationError([{ rule: 'edge', place: 'edge', message }]);
  },
} as const;

/** Where a controller is installed. */
export interface EdgeNamespace {
  /** @default - that of its documentation */
  readonly namespace?: string;
}

const BY_CLASS: Readonly<Record<string, () => Edge>> = {
  traefik: Edge.k3sTraefik,
  nginx: Edge.ingressNginx,
  kong: Edge.kong,
  haproxy: Edge.haproxy,
  cilium: Edge.cilium,
};

const EDGE = 'cdk8s-nats.dev/edge';

const SHAPES = {
  className: 'name!',
  kind: required(oneWord('ingress', 'gateway-api')),
  peer: required(EDGE_PEER),
  controller: oneWord(...CONTROLLERS),
  annotations: 'textMap',
} as const satisfies PropShapes<Edge>;
const AWS = { cidrs: 'texts!', scheme: oneWord('internet-facing', 'internal') } as const;

/** Declares the edge of an app or chart, before anything is created in it. Throws if something was. */
export function declareEdge(scope: IConstruct, edge: Edge): void {
  assertProps({ scope }, { scope: required(CONSTRUCT) }, 'declareEdge', 'declareEdge');
  assertProps(edge, SHAPES, scope.node.path === '' ? 'app' : scope.node.path, 'declareEdge');
  if (scope.node.children.length > 0) {
    const place = scope.node.path === '' ? 'app' : scope.node.path;
    const message = `the edge is declared after ${scope.node.children[0]?.node.path ?? ''} was created, which would not know it: declare it first`;
    throw new DeclarationError([{ rule: 'edge', place, message }]);
  }
  scope.node.setContext(EDGE, edge);
}

/** The edge that is declared for a construct; undefined for none. */
export function declaredEdge(scope: IConstruct): Edge | undefined {
  return scope.node.tryGetContext(EDGE) as Edge | undefined;
}

/** Who connects to the pods of a routed service: the declared edge, else the Traefik of k3s. */
export function edgePeerOf(scope: IConstruct): EdgePeer {
  return declaredEdge(scope)?.peer ?? K3S_TRAEFIK;
}

/** Whether a peer is Cilium's proxy. */
export function isCilium(peer: EdgePeer): peer is CiliumPeer {
  return 'ciliumEntity' in peer;
}

/** Those that a NetworkPolicy can name. */
export function networkPeers(peers: readonly EdgePeer[]): readonly NetworkPeer[] {
  return peers.filter((peer): peer is NetworkPeer => !isCilium(peer));
}

/** The policy that lets Cilium's proxy reach ports; rules of policies of both kinds add up. */
export function ciliumPolicy(app: string, ports: readonly number[]): KubeManifest {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: app, labels: { app } },
    spec: {
      endpointSelector: { matchLabels: { app } },
      ingress: [
        {
          fromEntities: ['ingress'],
          toPorts: [{ ports: ports.map((port) => ({ port: String(port), protocol: 'TCP' })) }],
        },
      ],
    },
  };
}

function ingress(className: string, peer: EdgePeer): Edge {
  const controller = controllerOfClass(className);
  return { className, kind: 'ingress', peer, ...(controller === undefined ? {} : { controller }) };
}

function namespaceOf(props: EdgeNamespace, usual: string): string {
  assertProps(props, { namespace: 'name' }, 'edge', 'Edge');
  return props.namespace ?? usual;
}

function pods(namespace: string, podLabels: Readonly<Record<string, string>>): PodPeer {
  return { podLabels, namespaceLabels: { 'kubernetes.io/metadata.name': namespace } };
}
