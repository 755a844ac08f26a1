import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

const NEW_ENV = ['spec', 'template', 'spec', 'containers', 0, 'env', 4];
const S3 = 'https://s3.example.com';

describe('checks of network policies', () => {
  it('report a caller that no rule lets out', () => {
    expect(shopFaults((shop) => shop.set('NetworkPolicy/cart', ['spec', 'egress', 0, 'ports', 0, 'port'], 4223)))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env NATS_URL connects to StatefulSet/nats on port 4222, but no egress rule of NetworkPolicy/cart allows it for Deployment/cart: add an egress rule to its pods and port [network-policy-egress]",
      ]
    `);
  });

  it('report a callee that no rule lets the caller into', () => {
    expect(
      shopFaults((shop) =>
        shop.set('NetworkPolicy/nats', ['spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchLabels', 'app'], 'other'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env NATS_URL of Deployment/cart connects to StatefulSet/nats on port 4222, but no ingress rule of NetworkPolicy/nats allows it: add an ingress rule from its pods [network-policy-ingress]",
      ]
    `);
  });

  it('report both ends, with a policy that denies all', () => {
    expect(
      shopFaults((shop) =>
        shop
          .remove('NetworkPolicy/cart')
          .remove('NetworkPolicy/nats')
          .add(
            '{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: default-deny }, spec: { podSelector: {}, policyTypes: [Ingress, Egress] } }',
          ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env NATS_URL connects to StatefulSet/nats on port 4222, but no egress rule of NetworkPolicy/default-deny allows it for Deployment/cart: add an egress rule to its pods and port [network-policy-egress]",
        "shop.yaml (Deployment/cart): container cart env NATS_URL of Deployment/cart connects to StatefulSet/nats on port 4222, but no ingress rule of NetworkPolicy/default-deny allows it: add an ingress rule from its pods [network-policy-ingress]",
        "shop.yaml (Deployment/cart): it connects to host names, but no egress rule of NetworkPolicy/default-deny allows cluster DNS over UDP and TCP: allow port 53 to k8s-app=kube-dns in kube-system [network-policy-dns]",
        "shop.yaml (Ingress/edge): it routes to Deployment/cart on port 8000, but no ingress rule of NetworkPolicy/default-deny allows the namespace of the edge: add an ingress rule with a namespaceSelector [network-policy-edge]",
      ]
    `);
  });

  it('report names that cannot be looked up over TCP', () => {
    expect(shopFaults((shop) => shop.set('NetworkPolicy/cart', ['spec', 'egress', 1, 'ports', 1], undefined)))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): it connects to host names, but no egress rule of NetworkPolicy/cart allows cluster DNS over TCP, which resolvers use when an answer does not fit into a datagram: allow port 53 to k8s-app=kube-dns in kube-system over TCP too [network-policy-dns-tcp]",
      ]
    `);
  });

  it('report an edge that no rule lets in', () => {
    expect(shopFaults((shop) => shop.set('NetworkPolicy/cart', ['spec', 'ingress', 0, 'from', 0], { podSelector: {} })))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (Ingress/edge): it routes to Deployment/cart on port 8000, but no ingress rule of NetworkPolicy/cart allows the namespace of the edge: add an ingress rule with a namespaceSelector [network-policy-edge]",
      ]
    `);
  });

  it('report a namespace and pods in two entries, which is another rule than in one', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'NetworkPolicy/nats',
          ['spec', 'ingress', 0, 'from'],
          [{ namespaceSelector: { matchLabels: { team: 'x' } } }, { podSelector: { matchLabels: { app: 'x' } } }],
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env NATS_URL of Deployment/cart connects to StatefulSet/nats on port 4222, but no ingress rule of NetworkPolicy/nats allows it: add an ingress rule from its pods [network-policy-ingress]",
      ]
    `);
  });

  it('report a host outside the cluster that no rule lets the pods reach', () => {
    const faults = shopFaults((shop) => shop.set('Deployment/cart', NEW_ENV, { name: 'S3_URL', value: S3 }));
    expect(faults).toEqual([
      'shop.yaml (Deployment/cart): container cart env S3_URL connects to s3.example.com on port 443, outside the cluster, but no egress rule of NetworkPolicy/cart allows it: add an egress rule with an ipBlock for the port [network-policy-outside]',
    ]);
    const out = { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443, protocol: 'TCP' }] };
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', NEW_ENV, { name: 'S3_URL', value: S3 })
          .set('NetworkPolicy/cart', ['spec', 'egress', 2], out),
      ),
    ).toEqual([]);
  });

  it.each(['PUBLIC_ORIGIN', 'CORS_ORIGINS', 'EXTERNAL_URL', 'ORIGIN'])(
    'do not take the address in %s for one that the pod itself reaches',
    (name) => {
      const value = 'https://shop.example.com';
      expect(shopFaults((shop) => shop.set('Deployment/cart', NEW_ENV, { name, value }))).toEqual([]);
    },
  );
});
