import {
  assertProps,
  byValue,
  group,
  isMap,
  listOf,
  oneWord,
  openGroup,
  type PropShapes,
  required,
} from '#prop-shapes';
import { NAMED, PORT_NUMBER } from './object/object-shapes.ts';
import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { assertNoFaults } from '#env';
import type { Fault } from '#env';
import { isHost, MOST_ROUTE_RULES } from '#manifests';
import { kubeObject } from './object/kube-objects.ts';
import { declaredEdge } from './edge/edge.ts';
import type { Edge } from './edge/edge.ts';
import { resolveRoutes, routeFaults } from './edge/gateway-routes.ts';
import type { GatewayRoute, ResolvedRoute, RoutedService } from './edge/gateway-routes.ts';
import { controllerAnnotations, controllerOfClass, CONTROLLERS } from './edge/ingress-timeouts.ts';
import type { IngressController } from './edge/ingress-timeouts.ts';

/** An existing Gateway, to whose listeners the routes are attached. */
export interface ParentGateway {
  /** Name of the Gateway. */
  readonly name: string;
  /** @default - the namespace of the route */
  readonly namespace?: string;
  /** Listener. @default - every listener of the Gateway */
  readonly sectionName?: string;
}

/** Props of {@link ApiGateway}. */
export interface ApiGatewayProps {
  /** Declared services (only those with a route are used) and explicit routes. */
  readonly routes: readonly (RoutedService | GatewayRoute)[];
  /**
   * The IngressClass or GatewayClass, always named: `traefik` on k3s. Not needed with `parentGateway`.
   * @default - that of the declared edge; without one, it is an error unless there is a `parentGateway`
   */
  readonly className?: string;
  /**
   * Service for all other paths, such as the web.
   * @default - nowhere
   */
  readonly web?: { readonly name: string; readonly port: number };
  /**
   * Ingress, or Gateway and HTTPRoute of the Gateway API.
   * @default - that of the declared edge, else 'ingress'
   */
  readonly kind?: 'ingress' | 'gateway-api';
  /**
   * Name of the objects.
   * @default - the id of the construct
   */
  readonly name?: string;
  /**
   * Host that it serves, such as `video.example`.
   * @default - every host
   */
  readonly host?: string;
  /**
   * Secret of type `kubernetes.io/tls` for the host, as a name or an object with one.
   * @default - no TLS
   */
  readonly tlsSecret?: string | { readonly name: string };
  /**
   * Seconds that a request or a response may take, if the class has such an annotation; Gateway API: 0 for no limit.
   * @default 3600
   */
  readonly timeoutSeconds?: number;
  /**
   * Controller of the class, which determines the annotations.
   * @default - by the name of the class: traefik, nginx (ingress-nginx), haproxy, kong, alb, else none
   */
  readonly controller?: IngressController;
  /**
   * Additional annotations of the Ingress or HTTPRoute; they override the computed ones.
   * @default {}
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Existing Gateway; only with the kind `gateway-api`. @default - creates a Gateway of the given class */
  readonly parentGateway?: ParentGateway;
}

/**
 * The only entry point: routes by path to the services, and everything else to the web, on one origin. It never strips
 * or rewrites paths. Throws a `DeclarationError` with every fault of its props.
 */
export class ApiGateway extends Construct {
  /** Name of its objects. */
  readonly name: string;
  /** Its routes, the catch-all last. */
  readonly routes: readonly ResolvedRoute[];

  constructor(scope: Construct, id: string, given: ApiGatewayProps) {
    super(scope, id);
    assertProps(given, SHAPES, this.node.path, 'ApiGateway');
    const props = withEdge(given, declaredEdge(this));
    this.name = props.name ?? id;
    const web = props.web === undefined ? [] : [{ prefix: '/', service: props.web.name, port: props.web.port }];
    this.routes = resolveRoutes([...props.routes, ...web]);
    assertNoFaults([...routeFaults(this.routes, this.node.path), ...propFaults(props, this.node.path)]);
    if (props.kind === 'gateway-api') this.renderGatewayApi(props);
    else this.renderIngress(props, props.className ?? '');
  }

  private renderIngress(props: ApiGatewayProps, className: string): void {
    const secretName = nameOf(props.tlsSecret);
    const annotations = controllerAnnotations(props.controller ?? controllerOfClass(className), {
      timeoutSeconds: props.timeoutSeconds ?? LONG_SECONDS,
      tls: secretName !== undefined,
    });
    kubeObject('Ingress', this, 'ingress', {
      metadata: { name: this.name, annotations: { ...annotations, ...props.annotations } },
      spec: {
        ingressClassName: className,
        rules: [
          {
            ...(props.host === undefined ? {} : { host: props.host }),
            http: { paths: this.routes.map(ingressPath) },
          },
        ],
        ...(secretName === undefined
          ? {}
          : { tls: [{ secretName, ...(props.host === undefined ? {} : { hosts: [props.host] }) }] }),
      },
    });
  }

  private renderGatewayApi(props: ApiGatewayProps): void {
    const secretName = nameOf(props.tlsSecret);
    const parent = props.parentGateway;
    if (parent === undefined) this.renderGateway(props, secretName);
    const section = secretName === undefined ? 'http' : 'https';
    const timeout = `${props.timeoutSeconds ?? LONG_SECONDS}s`;
    const rules = this.routes.map(({ prefix, service, port }) => ({
      matches: [{ path: { type: 'PathPrefix', value: prefix } }],
      backendRefs: [{ name: service, port }],
      timeouts: { request: timeout, backendRequest: timeout },
    }));
    // the longest prefix wins, whatever route it stands in
    for (let first = 0; first < rules.length; first += MOST_ROUTE_RULES) {
      const ordinal = first === 0 ? '' : `-${first / MOST_ROUTE_RULES + 1}`;
      this.renderHttpRoute(`http-route${ordinal}`, `${this.name}${ordinal}`, props, {
        parentRefs: [parent ?? { name: this.name, sectionName: section }],
        rules: rules.slice(first, first + MOST_ROUTE_RULES),
      });
    }
    if (parent !== undefined || secretName === undefined) return;
    this.renderHttpRoute('redirect', `${this.name}-to-https`, props, {
      parentRefs: [{ name: this.name, sectionName: 'http' }],
      rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    });
  }

  private renderHttpRoute(id: string, name: string, props: ApiGatewayProps, spec: object): void {
    new ApiObject(this, id, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name, ...(props.annotations === undefined ? {} : { annotations: { ...props.annotations } }) },
      spec: { ...(props.host === undefined ? {} : { hostnames: [props.host] }), ...spec },
    });
  }

  private renderGateway(props: ApiGatewayProps, secretName: string | undefined): void {
    const hostname = props.host === undefined ? {} : { hostname: props.host };
    const tls = { mode: 'Terminate', certificateRefs: [{ name: secretName }] };
    const secure = { name: 'https', protocol: 'HTTPS', port: 443, ...hostname, tls };
    new ApiObject(this, 'gateway', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: this.name },
      spec: {
        gatewayClassName: props.className,
        listeners: [
          { name: 'http', protocol: 'HTTP', port: 80, ...hostname },
          ...(secretName === undefined ? [] : [secure]),
        ],
      },
    });
  }
}

/** Props with what the declared edge says, unless they name a class of their own. */
function withEdge(props: ApiGatewayProps, edge: Edge | undefined): ApiGatewayProps {
  if (edge === undefined || (props.className !== undefined && props.className !== edge.className)) return props;
  const { className, kind, controller, annotations } = edge;
  return {
    className,
    kind,
    ...(controller === undefined ? {} : { controller }),
    ...props,
    ...(annotations === undefined ? {} : { annotations: { ...annotations, ...props.annotations } }),
  };
}

/** An hour: longer than any one chunk of an upload, and than the pause after which a client of SSE reconnects. */
const LONG_SECONDS = 3600;

function propFaults(props: ApiGatewayProps, place: string): Fault[] {
  const gatewayApi = props.kind === 'gateway-api';
  const faults: Fault[] = [];
  if (!props.className && !(gatewayApi && props.parentGateway !== undefined)) {
    const message =
      'className is missing, but the default class of the cluster is never used: set it, such as traefik on k3s';
    faults.push({ rule: 'gateway-class-missing', place, message });
  }
  if (!gatewayApi && props.parentGateway !== undefined) {
    const message = `parentGateway is ${props.parentGateway.name}, but an Ingress has no Gateway: set kind to gateway-api, or remove parentGateway`;
    faults.push({ rule: 'gateway-parent', place, message });
  }
  if (gatewayApi && props.parentGateway !== undefined && props.tlsSecret !== undefined) {
    const message = `tlsSecret is ${nameOf(props.tlsSecret)}, but the listener of the Gateway ${props.parentGateway.name} terminates TLS: set the Secret there and remove it here`;
    faults.push({ rule: 'gateway-tls', place, message });
  }
  const controller = props.controller ?? controllerOfClass(props.className ?? '');
  if (!gatewayApi && controller === 'alb' && props.tlsSecret !== undefined) {
    const message = `tlsSecret is ${nameOf(props.tlsSecret)}, but an ALB takes its certificate from ACM and would serve plain http: remove it, and set annotations['alb.ingress.kubernetes.io/certificate-arn']`;
    faults.push({ rule: 'gateway-tls', place, message });
  }
  if (props.host !== undefined && !isHost(props.host)) {
    const message = `host is ${JSON.stringify(props.host)}, it must be a lower-case DNS name without scheme, port or path: write it like video.example`;
    faults.push({ rule: 'gateway-host', place, message });
  }
  const seconds = props.timeoutSeconds ?? LONG_SECONDS;
  if (!Number.isInteger(seconds) || seconds < 0) {
    const message = `timeoutSeconds is ${seconds}, it must be zero or a positive integer: set it to 3600, or omit it`;
    faults.push({ rule: 'gateway-timeout', place, message });
  }
  return faults;
}

function ingressPath({ prefix, service, port }: ResolvedRoute): k8s.HttpIngressPath {
  return { path: prefix, pathType: 'Prefix', backend: { service: { name: service, port: { number: port } } } };
}

function nameOf(named: string | { readonly name: string } | undefined): string | undefined {
  return typeof named === 'object' ? named.name : named;
}

/** A declaration has the path in `route`, a route of its own in `prefix`. */
const ROUTE = byValue('an object', (value) =>
  isMap(value) && value['prefix'] === undefined && (value['name'] !== undefined || value['service'] === undefined)
    ? openGroup<RoutedService>({ name: 'name!', route: 'text' })
    : group<GatewayRoute>({ prefix: 'text!', service: required(NAMED), port: PORT_NUMBER }),
);
const SHAPES = {
  routes: required(listOf(ROUTE)),
  className: 'text',
  web: openGroup<NonNullable<ApiGatewayProps['web']>>({ name: 'name!', port: required(PORT_NUMBER) }),
  kind: oneWord('ingress', 'gateway-api'),
  name: 'text',
  host: 'text',
  tlsSecret: NAMED,
  timeoutSeconds: 'number',
  controller: oneWord(...CONTROLLERS),
  annotations: 'textMap',
  parentGateway: group<ParentGateway>({ name: 'name!', namespace: 'name', sectionName: 'name' }),
} as const satisfies PropShapes<ApiGatewayProps>;
