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

  it('says of a NATS server of this library that the caller is in no topology', () => {
    const pod = ['spec', 'template', 'spec', 'containers', 0];
    const faults = shopFaults((shop) =>
      shop
        .set(
          'ConfigMap/nats-config',
          ['data', 'nats.conf'],
          '# generated by cdk8s-nats from the service declarations\nport: 4222',
        )
        .set('StatefulSet/nats', [...pod, 'args'], ['-c', '/etc/nats/nats.conf'])
        .set('NetworkPolicy/nats', ['spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchLabels', 'app'], 'card'),
    );
    expect(faults).toEqual([
      expect.stringContaining(
        'cart is in no topology of the server, so add its declaration to services of defineTopology [network-policy-ingress]',
      ),
    ]);
  });

  const EDGE_PEER = ['spec', 'ingress', 0, 'from', 0];
  const inNamespace = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  const withLabel = (namespace: string, name: string) => ({
    ...inNamespace(namespace),
    podSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
  });

  it.each([
    ['nginx', withLabel('kube-system', 'traefik'), 'through nginx'],
    ['traefik', inNamespace('ingress-nginx'), 'through traefik'],
    ['kong', withLabel('traefik', 'traefik'), 'through kong'],
    ['alb', withLabel('kube-system', 'traefik'), 'through a load balancer outside the cluster'],
  ])('report the class %s where the policy allows another controller', (ingressClass, peer, part) => {
    const faults = shopFaults((shop) =>
      shop.set('Ingress/edge', ['spec', 'ingressClassName'], ingressClass).set('NetworkPolicy/cart', EDGE_PEER, peer),
    );
    expect(faults).toEqual([expect.stringContaining(part)]);
    expect(faults[0]).toMatch(/\[network-policy-edge\]$/);
  });

  it.each([
    ['nginx', withLabel('ingress-nginx', 'ingress-nginx')],
    ['nginx', inNamespace('kube-system')],
    ['traefik-internal', withLabel('edge', 'traefik')],
    ['alb', { ipBlock: { cidr: '10.0.0.0/16' } }],
    ['our-own', withLabel('kube-system', 'traefik')],
  ])('accept the class %s with a policy that may allow it', (ingressClass, peer) => {
    const faults = shopFaults((shop) =>
      shop.set('Ingress/edge', ['spec', 'ingressClassName'], ingressClass).set('NetworkPolicy/cart', EDGE_PEER, peer),
    );
    expect(faults).toEqual([]);
  });

  const cilium = (port: string): readonly string[] =>
    shopFaults((shop) =>
      shop
        .set('Ingress/edge', ['spec', 'ingressClassName'], 'cilium')
        .add(
          `{ apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: { name: cart, namespace: shop }, spec: { endpointSelector: { matchLabels: { app: cart } }, ingress: [{ fromEntities: [ingress], toPorts: [{ ports: [{ ${port} }] }] }] } }`,
        ),
    );

  it.each(["port: '8000'", 'port: http', "port: '7000', endPort: 8000"])(
    'accept a policy of Cilium with %s',
    (port) => {
      expect(cilium(port)).toEqual([]);
    },
  );

  it.each(["port: '8001'", 'port: metrics', "port: '7000', endPort: 7999", "port: '8001', endPort: 9000"])(
    'report a policy of Cilium with %s, which does not hold the port',
    (port) => {
      expect(cilium(port)).toEqual([expect.stringContaining('no CiliumNetworkPolicy allows the entity ingress there')]);
    },
  );

  it('report the policy of the controller of a Gateway', () => {
    const faults = shopFaults((shop) =>
      shop
        .remove('Ingress/edge')
        .set('NetworkPolicy/cart', EDGE_PEER, withLabel('kube-system', 'traefik'))
        .add(
          '{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: edge }, spec: { gatewayClassName: istio } }',
        )
        .add(
          '{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: r }, spec: { parentRefs: [{ name: edge }], rules: [{ backendRefs: [{ name: cart, port: 8000 }] }] } }',
        ),
    );
    expect(faults).toEqual([expect.stringContaining('through istio')]);
  });

  const policy = (spec: string): string =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: more }, spec: { ${spec} } }`;
  const OUT = 'podSelector: { matchLabels: { app: cart } }, policyTypes: [Egress], egress';

  it.each([
    ['network-policy-cidr', `${OUT}: [{ to: [{ ipBlock: { cidr: 10.0.0.0 } }], ports: [{ port: 443 }] }]`],
    ['network-policy-cidr', `${OUT}: [{ to: [{ ipBlock: { cidr: 10.0.0.256/8 } }], ports: [{ port: 443 }] }]`],
    ['network-policy-cidr', `${OUT}: [{ to: [{ ipBlock: { cidr: 'fd00::/129' } }], ports: [{ port: 443 }] }]`],
    [
      'network-policy-cidr',
      `${OUT}: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8, except: [11.0.0.0/16] } }], ports: [{ port: 443 }] }]`,
    ],
    ['network-policy-types', 'podSelector: { matchLabels: { app: cart } }, policyTypes: [Ingress], egress: [{}]'],
    ['network-policy-selects-nothing', 'podSelector: { matchLabels: { app: card } }, policyTypes: [Ingress]'],
  ])('report %s: %s', (rule, spec) => {
    const faults = shopFaults((shop) => shop.add(policy(spec)));
    expect(faults).toEqual([expect.stringMatching(new RegExp(`NetworkPolicy/more.*\\[${rule}\\]$`))]);
  });

  it.each([
    `${OUT}: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }], ports: [{ port: 443 }] }]`,
    `${OUT}: [{ to: [{ ipBlock: { cidr: '::/0' } }], ports: [{ port: 443 }] }]`,
  ])('accept %s', (spec) => {
    expect(shopFaults((shop) => shop.add(policy(spec)))).toEqual([]);
  });

  it.each([
    '[{}]',
    '[{ from: [] }]',
    '[{ from: [{ namespaceSelector: {} }] }]',
    '[{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]',
  ])('report a policy that allows everything beside a default deny: %s', (ingress) => {
    const faults = shopFaults((shop) =>
      shop
        .add(
          '{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: deny }, spec: { podSelector: {}, policyTypes: [Ingress] } }',
        )
        .add(policy(`podSelector: { matchLabels: { app: cart } }, ingress: ${ingress}`)),
    );
    expect(faults).toEqual([expect.stringMatching(/NetworkPolicy\/more.*\[network-policy-open\]$/)]);
  });
});
