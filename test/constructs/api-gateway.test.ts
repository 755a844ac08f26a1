import { describe, expect, it } from 'vitest';
import { ApiGateway, K3sTraefik } from '#constructs';
import type { ApiGatewayProps } from '#constructs';
import { rendered } from '#test-support/rendered';

const auth = { name: 'auth', route: '/api/auth' };
const worker = { name: 'worker', route: undefined };
const web = { name: 'web', port: 8080 };

function gateway(props: Partial<ApiGatewayProps>) {
  return rendered((chart) => {
    new ApiGateway(chart, 'edge', { routes: [auth, worker], className: 'traefik', web, ...props });
  });
}

describe('ApiGateway', () => {
  it('leads the prefix of each declaration that has a route to its Service on port 8000, and all else to the web', () => {
    const rules = gateway({}).object('Ingress/edge').along(['spec', 'rules', 0, 'http', 'paths']).value;
    expect(rules).toEqual([
      { path: '/api/auth', pathType: 'Prefix', backend: { service: { name: 'auth', port: { number: 8000 } } } },
      { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 8080 } } } },
    ]);
  });

  it('names its class, host and Secret of TLS', () => {
    const spec = gateway({ host: 'video.example', tlsSecret: { name: 'video-tls' } })
      .object('Ingress/edge')
      .at('spec');
    expect(spec.at('ingressClassName').text).toBe('traefik');
    expect(spec.at('rules', 0, 'host').text).toBe('video.example');
    expect(spec.at('tls').value).toEqual([{ secretName: 'video-tls', hosts: ['video.example'] }]);
  });

  it('never strips or rewrites a path, whatever the class', () => {
    for (const className of ['traefik', 'nginx', 'haproxy', 'other']) {
      const annotations = gateway({ className }).object('Ingress/edge').at('metadata', 'annotations').strings;
      expect(Object.keys(annotations).filter((name) => /rewrite|strip|middleware/i.test(name))).toEqual([]);
    }
  });

  it('sets time-outs and no body limit by the annotations of ingress-nginx', () => {
    const edge = gateway({ className: 'nginx', timeoutSeconds: 900, annotations: { team: 'edge' } });
    expect(edge.object('Ingress/edge').at('metadata', 'annotations').strings).toEqual({
      'nginx.ingress.kubernetes.io/proxy-body-size': '0',
      'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '900',
      'nginx.ingress.kubernetes.io/proxy-request-buffering': 'off',
      'nginx.ingress.kubernetes.io/proxy-send-timeout': '900',
      team: 'edge',
    });
  });

  it('answers on https alone at traefik when it has a Secret of TLS', () => {
    const annotations = gateway({ tlsSecret: 'tls' }).object('Ingress/edge').at('metadata', 'annotations').strings;
    expect(annotations).toEqual({ 'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure' });
  });

  it('makes a Gateway with a redirect to https and an HTTPRoute as the alternative', () => {
    const edge = gateway({ kind: 'gateway-api', className: 'envoy', host: 'video.example', tlsSecret: 'video-tls' });
    const listeners = edge.object('Gateway/edge').at('spec', 'listeners');
    expect(listeners.along([1, 'tls', 'certificateRefs', 0, 'name']).text).toBe('video-tls');
    const route = edge.object('HTTPRoute/edge').at('spec');
    expect(route.at('parentRefs').value).toEqual([{ name: 'edge', sectionName: 'https' }]);
    expect(route.at('rules', 0).value).toEqual({
      matches: [{ path: { type: 'PathPrefix', value: '/api/auth' } }],
      backendRefs: [{ name: 'auth', port: 8000 }],
      timeouts: { request: '3600s', backendRequest: '3600s' },
    });
    expect(edge.object('HTTPRoute/edge-to-https').at('spec', 'parentRefs', 0, 'sectionName').text).toBe('http');
  });

  it('attaches its HTTPRoute to a Gateway that is there already', () => {
    const parentGateway = { name: 'shared', namespace: 'infra' };
    const edge = rendered((chart) => {
      new ApiGateway(chart, 'edge', { routes: [auth], kind: 'gateway-api', parentGateway });
    });
    expect(edge.count).toBe(1);
    expect(edge.object('HTTPRoute/edge').at('spec', 'parentRefs').value).toEqual([parentGateway]);
  });

  it('splits more routes than an HTTPRoute may have, the catch-all into the last', () => {
    const routes = Array.from({ length: 32 }, (_, i) => ({ prefix: `/api/r${i}`, service: 'x' }));
    const edge = gateway({ kind: 'gateway-api', className: 'envoy', routes });
    const prefixes = ['edge', 'edge-2', 'edge-3'].map((name) =>
      edge
        .object(`HTTPRoute/${name}`)
        .at('spec', 'rules')
        .items.map((rule) => rule.along(['matches', 0, 'path', 'value']).text),
    );
    expect(prefixes.map(({ length }) => length)).toEqual([16, 16, 1]);
    expect(prefixes.flat()).toEqual([...routes.map(({ prefix }) => prefix), '/']);
    expect(edge.object('HTTPRoute/edge-2').at('spec', 'parentRefs').value).toEqual(
      edge.object('HTTPRoute/edge').at('spec', 'parentRefs').value,
    );
  });

  it('refuses a Secret of TLS for an ALB, which would leave it on plain http', () => {
    expect(() => gateway({ className: 'alb', tlsSecret: 'tls' })).toThrow(
      'tlsSecret is tls, but an ALB takes its certificate from ACM',
    );
  });

  it('reports every fault of its props at once, each with place, value, rule and way out', () => {
    const faulty = () =>
      gateway({
        routes: [auth, { prefix: '/api/auth', service: 'other' }, { prefix: 'api/x/', service: 'x' }],
        className: '',
        host: 'https://video.example',
        timeoutSeconds: -1,
        parentGateway: { name: 'shared' },
      });
    expect(faulty).toThrowErrorMatchingInlineSnapshot(`
      [DeclarationError: test/edge route other: the prefix /api/auth routes to both auth and other: give one of them another prefix [gateway-prefix-twice]
      test/edge route x: the prefix is "api/x/", it must be /, or start but not end with /: write it like /api/x [gateway-prefix]
      test/edge: className is missing, but the default class of the cluster is never used: set it, such as traefik on k3s [gateway-class-missing]
      test/edge: parentGateway is shared, but an Ingress has no Gateway: set kind to gateway-api, or remove parentGateway [gateway-parent]
      test/edge: host is "https://video.example", it must be a lower-case DNS name without scheme, port or path: write it like video.example [gateway-host]
      test/edge: timeoutSeconds is -1, it must be zero or a positive integer: set it to 3600, or omit it [gateway-timeout]]
    `);
  });

  it('refuses an address as the host, which the API server would refuse', () => {
    expect(() => gateway({ host: '10.0.0.1' })).toThrow('host is "10.0.0.1", it must be a lower-case DNS name');
  });

  it('refuses a gateway that leads nowhere', () => {
    expect(() =>
      rendered((chart) => new ApiGateway(chart, 'edge', { routes: [worker], className: 'traefik' })),
    ).toThrow('the gateway has no route');
  });
});

describe('K3sTraefik', () => {
  it('raises the time-out of bodies, keeps the address of clients and lies in kube-system', () => {
    const config = rendered((chart) => {
      new K3sTraefik(chart, 'traefik', { readTimeoutSeconds: 900 });
    }).object('HelmChartConfig/traefik');
    expect(config.at('metadata', 'namespace').text).toBe('kube-system');
    const values = config.at('spec', 'valuesContent').text;
    expect(values).toContain('--entryPoints.websecure.transport.respondingTimeouts.readTimeout=900s');
    expect(values).toContain('externalTrafficPolicy: Local');
  });

  it('refuses a time-out below the one that Traefik has by itself', () => {
    expect(() => rendered((chart) => new K3sTraefik(chart, 'traefik', { readTimeoutSeconds: 5 }))).toThrow(
      'test/traefik: readTimeoutSeconds is 5, it must be an integer of at least 60',
    );
  });
});
