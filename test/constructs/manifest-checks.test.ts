import { App, ApiObject, Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { addManifestChecks, ApiGateway, ManifestChecks, RequiredSecrets, WebFrontend } from '#constructs';
import { SERVICES } from '#catalog';
import * as platform from '#video-platform';
import { platformManifests } from '#test-support/platform-manifests';
import { manifestFaults } from '../../src/manifests/checks/manifest-faults.ts';

function shop(build: (chart: Chart) => void): () => unknown {
  const app = new App();
  addManifestChecks(app);
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  build(chart);
  return () => Testing.synth(chart) as unknown;
}

describe('ManifestChecks', () => {
  it('lets a right app through, built after the checks were added', () => {
    const synth = shop((chart) => {
      const web = new WebFrontend(chart, 'web', { image: 'web:1.0.0', imagePullSecrets: ['pull'] });
      new ApiGateway(chart, 'edge', { routes: [], className: 'traefik', tlsSecret: 'tls', web });
      new RequiredSecrets(chart, 'secrets');
    });
    expect(synth).not.toThrow();
  });

  it('fails synthesis with every fault at once, each with its construct path', () => {
    const synth = shop((chart) => {
      new WebFrontend(chart, 'web', { image: 'web:1.0.0', reachableFrom: [{ podLabels: { app: 'nobody' } }] });
      new ApiGateway(chart, 'edge', { routes: [], className: 'traefik', web: { name: 'web', port: 80 } });
      new ApiGateway(chart, 'other', { routes: [], className: 'traefik', web: { name: 'web', port: 8080 } });
      new ApiObject(chart, 'claim', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    });
    expect(synth).toThrowErrorMatchingInlineSnapshot(`
      [Error: Validation failed with the following errors:
        [manifest-checks] shop/edge/ingress (Ingress/edge): it routes to port 80, which the Service web does not have: did you mean 8080 [edge-port]
        [manifest-checks] shop/other/ingress (Ingress/other): it routes to Deployment/web on port 8080, but no ingress rule of NetworkPolicy/web allows the namespace of the edge: add an ingress rule with a namespaceSelector [network-policy-edge]
        [manifest-checks] shop/claim (Namespace/shop): metadata.namespace is "shop", but a Namespace is cluster-scoped: remove it [object-scope]]
    `);
  });

  it('judges the objects of the given constructs as one set, across charts and apps', () => {
    const apps = [new App(), new App()] as const;
    const [left, right] = apps.map((app, index) => new Chart(app, `chart-${index}`, { namespace: 'shop' }));
    if (left === undefined || right === undefined) throw new Error('two charts were made');
    new ApiGateway(left, 'edge', { routes: [], className: 'traefik', web: { name: 'web', port: 8080 } });
    new WebFrontend(right, 'web', { image: 'web:1.0.0' });
    expect(new ManifestChecks(left, 'alone').faults().map(({ rule }) => rule)).toEqual(['edge-service']);
    expect(new ManifestChecks(left, 'both', { of: apps }).faults()).toEqual([]);
  });
});

describe('the video platform', () => {
  const places = { k3s: platform.k3s, ha: platform.ha };

  it.each(Object.entries(places))('has no fault between its objects: %s', (_, settings) => {
    const { deployed, bootstrap } = platformManifests(settings);
    const placed = [...deployed, ...bootstrap].map((manifest) => ({ path: '', manifest }));
    expect(manifestFaults(placed, { declarations: SERVICES })).toEqual([]);
  });
});
