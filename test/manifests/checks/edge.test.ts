import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of edge', () => {
  it('report a Service or port of an Ingress that does not exist', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Ingress/edge', ['spec', 'rules', 0, 'http', 'paths', 0, 'backend', 'service', 'name'], 'card')
          .set('Ingress/edge', ['spec', 'rules', 0, 'http', 'paths', 1], {
            path: '/x',
            pathType: 'Prefix',
            backend: { service: { name: 'cart', port: { number: 80 } } },
          }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Ingress/edge): it routes to the Service card, which does not exist in the namespace: did you mean cart [edge-service]",
        "shop.yaml (Ingress/edge): it routes to port 80, which the Service cart does not have: did you mean 8000 [edge-port]",
      ]
    `);
  });

  it('report a Service of an HTTPRoute that does not exist', () => {
    expect(
      shopFaults((shop) =>
        shop.add(
          '{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: r }, spec: { rules: [{ backendRefs: [{ name: cartt, port: 8000 }] }] } }',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (HTTPRoute/r): it routes to the Service cartt, which does not exist in the namespace: did you mean cart [edge-service]",
      ]
    `);
  });

  it('report an Ingress without a class', () => {
    expect(shopFaults((shop) => shop.set('Ingress/edge', ['spec', 'ingressClassName'], undefined)))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (Ingress/edge): ingressClassName is missing, so the default class of the cluster would serve it: set the class, such as traefik on k3s [edge-class]",
      ]
    `);
  });
});
