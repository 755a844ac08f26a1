import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of connections', () => {
  it('report a host that is no Service', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'Deployment/cart',
          ['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'value'],
          'natss.shop.svc.cluster.local',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env NATS_URL names the host natss, but the namespace shop has no such Service: did you mean nats [host-unknown]",
      ]
    `);
  });

  it('report a port that the Service does not have', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'Deployment/cart',
          ['spec', 'template', 'spec', 'containers', 0, 'env', 1, 'value'],
          'nats://$(NATS_HOST):4223',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env NATS_URL names port 4223 of Service/nats, which it does not have: did you mean 4222 [port-unknown]",
        "shop.yaml (Deployment/cart): container cart env NATS_URL connects to StatefulSet/nats on port 4223, but no egress rule of NetworkPolicy/cart allows it for Deployment/cart: add an egress rule to its pods and port [network-policy-egress]",
        "shop.yaml (Deployment/cart): container cart env NATS_URL of Deployment/cart connects to StatefulSet/nats on port 4223, but no ingress rule of NetworkPolicy/nats allows it: add an ingress rule from its pods [network-policy-ingress]",
      ]
    `);
  });

  it('report a host and port of a nats.conf', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'ConfigMap/nats-config',
          ['data', 'nats.conf'],
          'cluster { routes: [nats-route://nats-0.nats-headles:6222, nats-route://nats-0.nats-headless:6222, nats-route://nats-1.nats-headless:4222] }',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (ConfigMap/nats-config): ConfigMap nats-config nats.conf names the host nats-headles, but the namespace shop has no such Service: did you mean nats-headless [host-unknown]",
        "shop.yaml (ConfigMap/nats-config): ConfigMap nats-config nats.conf names port 6222 of Service/nats-headless, which it does not have: did you mean 4222 [port-unknown]",
        "shop.yaml (ConfigMap/nats-config): ConfigMap nats-config nats.conf names pod 1 of nats-headless, which has only 1 (counted from 0): remove it, or raise replicas [host-unknown]",
        "shop.yaml (ConfigMap/nats-config): ConfigMap nats-config nats.conf of StatefulSet/nats connects to StatefulSet/nats on port 6222, but no ingress rule of NetworkPolicy/nats allows it: add an ingress rule from its pods [network-policy-ingress]",
        "shop.yaml (ConfigMap/nats-config): ConfigMap nats-config nats.conf of StatefulSet/nats connects to StatefulSet/nats on port 4222, but no ingress rule of NetworkPolicy/nats allows it: add an ingress rule from its pods [network-policy-ingress]",
      ]
    `);
  });
});
