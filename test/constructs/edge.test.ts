import { App, Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { addManifestChecks, ApiGateway, declareEdge, Edge, NatsMicroservice, WebFrontend } from '#constructs';
import type { NatsMicroserviceProps } from '#constructs';
import { declareService } from '#declare';
import { look } from '#test-support/rendered';
import { faultsOf } from '#test-support/store-chart';

const IMAGE = 'registry.example/shop/orders:1.4.2';
const orders = declareService({ name: 'orders', env: [], route: '/api/orders' });
const off = { natsUrl: false, redisUrl: false, databaseUrl: false } as const;

/** A shop behind an edge, with its checks run. */
function shop(edge: Edge | undefined, gateway: { readonly className?: string; readonly gateway?: Edge['peer'] } = {}) {
  const app = Testing.app();
  if (edge !== undefined) declareEdge(app, edge);
  const chart = new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true });
  addManifestChecks(chart);
  const own = gateway.gateway === undefined ? {} : { gateway: gateway.gateway };
  new NatsMicroservice(chart, 'orders', { ...orders, ...off, ...own, image: IMAGE });
  const web = new WebFrontend(chart, 'web', { image: 'registry.example/shop/web:1.0.0' });
  const { className } = gateway;
  new ApiGateway(chart, 'gateway', { routes: [orders], web, ...(className === undefined ? {} : { className }) });
  return look(Testing.synth(chart) as unknown[]);
}

const pods = (namespace: string, podLabels: object) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  podSelector: { matchLabels: podLabels },
});

describe('the edge, declared once', () => {
  it.each([
    ['nginx', Edge.ingressNginx(), pods('ingress-nginx', { 'app.kubernetes.io/name': 'ingress-nginx' })],
    ['kong', Edge.kong(), pods('kong', { 'app.kubernetes.io/instance': 'kong' })],
    ['haproxy', Edge.haproxy({ namespace: 'edge' }), pods('edge', { 'app.kubernetes.io/name': 'kubernetes-ingress' })],
    ['alb', Edge.awsLoadBalancer({ cidrs: ['10.0.1.0/24'] }), { ipBlock: { cidr: '10.0.1.0/24' } }],
    ['traefik', Edge.k3sTraefik(), pods('kube-system', { 'app.kubernetes.io/name': 'traefik' })],
  ])('sets the class %s and lets its controller reach every routed pod', (className, edge, peer) => {
    const { object } = shop(edge);
    expect(object('Ingress/gateway').at('spec', 'ingressClassName').text).toBe(className);
    for (const app of ['orders', 'web']) {
      expect(object(`NetworkPolicy/${app}`).along(['spec', 'ingress', 0, 'from']).value, app).toEqual([peer]);
    }
  });

  it('brings the annotations of its controller', () => {
    const annotations = (edge: Edge) => shop(edge).object('Ingress/gateway').at('metadata', 'annotations').value;
    expect(annotations(Edge.ingressNginx())).toMatchObject({ 'nginx.ingress.kubernetes.io/proxy-buffering': 'off' });
    expect(annotations(Edge.awsLoadBalancer({ cidrs: ['10.0.1.0/24'], scheme: 'internal' }))).toEqual({
      'alb.ingress.kubernetes.io/healthcheck-path': '/livez',
      'alb.ingress.kubernetes.io/load-balancer-attributes': 'idle_timeout.timeout_seconds=3600',
      'alb.ingress.kubernetes.io/scheme': 'internal',
      'alb.ingress.kubernetes.io/target-type': 'ip',
    });
  });

  it.each([
    ['eg', Edge.envoyGateway(), pods('envoy-gateway-system', { 'app.kubernetes.io/name': 'envoy' })],
    [
      'istio',
      Edge.gatewayApi({
        className: 'istio',
        peer: { podLabels: { 'gateway.networking.k8s.io/gateway-name': 'gateway' }, namespaceLabels: { edge: 'yes' } },
      }),
      {
        namespaceSelector: { matchLabels: { edge: 'yes' } },
        podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'gateway' } },
      },
    ],
  ])('makes a Gateway of the class %s with routes', (className, edge, peer) => {
    const { object } = shop(edge);
    expect(object('Gateway/gateway').at('spec', 'gatewayClassName').text).toBe(className);
    expect(object('HTTPRoute/gateway').exists).toBe(true);
    expect(object('NetworkPolicy/orders').along(['spec', 'ingress', 0, 'from']).value).toEqual([peer]);
  });

  it.each([
    ['an Ingress', Edge.cilium()],
    ['a Gateway', Edge.ciliumGateway()],
  ])("lets Cilium's proxy of %s in by a policy of its own kind, which the checks know", (_, edge) => {
    const { object } = shop(edge);
    for (const [app, port] of Object.entries({ orders: '8000', web: '8080' })) {
      expect(object(`NetworkPolicy/${app}`).at('spec', 'ingress').exists, app).toBe(false);
      expect(object(`CiliumNetworkPolicy/${app}`).at('spec').value, app).toEqual({
        endpointSelector: { matchLabels: { app } },
        ingress: [{ fromEntities: ['ingress'], toPorts: [{ ports: [{ port, protocol: 'TCP' }] }] }],
      });
    }
  });

  describe("with Cilium's proxy and a route to another port", () => {
    const routed = (callers: NonNullable<NatsMicroserviceProps['ports']>[number]['callers']) => {
      const app = Testing.app();
      declareEdge(app, Edge.ciliumGateway());
      const chart = new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true });
      addManifestChecks(chart);
      const ports = [{ name: 'grpc', port: 9000, ...(callers === undefined ? {} : { callers }) }];
      new NatsMicroservice(chart, 'orders', { ...orders, ...off, image: IMAGE, ports });
      const routes = [orders, { prefix: '/shop.Orders', service: 'orders', port: 9000 }];
      new ApiGateway(chart, 'gateway', { routes });
      return () => look(Testing.synth(chart) as unknown[]);
    };

    it('opens it by the same policy', () => {
      const { object } = routed([{ ciliumEntity: 'ingress' }])();
      const ports = object('CiliumNetworkPolicy/orders').along(['spec', 'ingress', 0, 'toPorts', 0, 'ports']).value;
      expect(ports).toEqual([
        { port: '8000', protocol: 'TCP' },
        { port: '9000', protocol: 'TCP' },
      ]);
      expect(object('NetworkPolicy/orders').at('spec', 'ingress').exists).toBe(false);
    });

    it('is refused by the checks when only others may reach the port', () => {
      expect(routed([{ podLabels: { app: 'admin' } }])).toThrow(
        /routes to Deployment\/orders on port 9000 through cilium, but no CiliumNetworkPolicy allows the entity ingress/,
      );
    });
  });

  it('asks a service behind an ALB on the path of its own probe', () => {
    const service = (probes: NatsMicroserviceProps['probes']) => {
      const app = Testing.app();
      declareEdge(app, Edge.awsLoadBalancer({ cidrs: ['10.0.1.0/24'] }));
      const chart = new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true });
      const ports = [{ name: 'health', port: 9000 }];
      new NatsMicroservice(chart, 'orders', { ...orders, ...off, image: IMAGE, ports, ...(probes && { probes }) });
      return look(Testing.synth(chart) as unknown[])
        .object('Service/orders')
        .at('metadata', 'annotations').value;
    };
    expect(service(undefined)).toBeUndefined();
    expect(service({ liveness: { path: '/health' } })).toEqual({
      'alb.ingress.kubernetes.io/healthcheck-path': '/health',
    });
    expect(service({ liveness: { path: '/health', port: 'health' } })).toEqual({
      'alb.ingress.kubernetes.io/healthcheck-path': '/health',
      'alb.ingress.kubernetes.io/healthcheck-port': '9000',
    });
  });

  it('may be the pods of a Gateway in the namespace of the app, as with Istio', () => {
    const podLabels = { 'gateway.networking.k8s.io/gateway-name': 'gateway' };
    const { object } = shop(Edge.gatewayApi({ className: 'istio', peer: { podLabels } }));
    const from = object('NetworkPolicy/orders').along(['spec', 'ingress', 0, 'from']);
    expect(from.value).toEqual([{ podSelector: { matchLabels: podLabels } }]);
  });

  it('gives way to the gateway of a service', () => {
    const gateway = { podLabels: { app: 'own' }, namespaceLabels: { edge: 'own' } };
    const { object } = shop(Edge.gatewayApi({ className: 'own', peer: gateway }), { gateway });
    const from = object('NetworkPolicy/orders').along(['spec', 'ingress', 0, 'from', 0, 'podSelector']);
    expect(from.value).toEqual({ matchLabels: { app: 'own' } });
  });

  it('is Traefik of k3s for services when none is declared, so another class is refused by the checks', () => {
    expect(() => shop(undefined, { className: 'nginx' })).toThrow(/network-policy-edge/);
    expect(() => shop(undefined, { className: 'traefik' })).not.toThrow();
  });

  it('is declared before anything is created', () => {
    const app = new App();
    new Chart(app, 'early');
    expect(faultsOf(() => declareEdge(app, Edge.kong())).join()).toContain(
      'the edge is declared after early was created, which would not know it: declare it first',
    );
  });

  it('of a class that nobody knows is asked for', () => {
    expect(faultsOf(() => Edge.ofClass('ngnix')).join()).toContain('class is ngnix');
    expect(faultsOf(() => Edge.ofClass('ngnix')).join()).toContain('did you mean nginx');
  });
});
