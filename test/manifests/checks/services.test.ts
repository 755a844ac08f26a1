import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of Services', () => {
  it('report a Service that selects no pod', () => {
    expect(shopFaults((shop) => shop.set('Service/cart', ['spec', 'selector', 'app'], 'card'))).toMatchInlineSnapshot(`
      [
        "shop.yaml (Service/cart): the selector app=card matches no pod of the namespace: did you mean app=cart [service-selects-nothing]",
      ]
    `);
  });

  it('know the label that each pod of a StatefulSet gets', () => {
    const one = (podName: string) =>
      shopFaults((shop) =>
        shop.set('Service/nats', ['spec', 'selector', 'statefulset.kubernetes.io/pod-name'], podName),
      ).filter((fault) => fault.includes('service-selects-nothing'));
    expect(one('nats-0')).toEqual([]);
    expect(one('redis-0')).toHaveLength(1);
  });

  it('report a target port that no container has, by name or number', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Service/cart', ['spec', 'ports', 0, 'targetPort'], 'htpp')
          .set('Service/nats', ['spec', 'ports', 0, 'targetPort'], 9999),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env NATS_URL connects to StatefulSet/nats on port 9999, but no egress rule of NetworkPolicy/cart allows it for Deployment/cart: add an egress rule to its pods and port [network-policy-egress]",
        "shop.yaml (Deployment/cart): container cart env NATS_URL of Deployment/cart connects to StatefulSet/nats on port 9999, but no ingress rule of NetworkPolicy/nats allows it: add an ingress rule from its pods [network-policy-ingress]",
        "shop.yaml (Service/cart): targetPort is htpp, but no container of Deployment/cart has this port, so connections would be refused: use http (8000) [service-target-port]",
        "shop.yaml (Service/nats): targetPort is 9999, but no container of StatefulSet/nats has this port, so connections would be refused: use client (4222) or monitor (8222) [service-target-port]",
      ]
    `);
  });

  it('report a workload whose selector is missing or not its own label', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'selector', 'matchLabels', 'app'], 'other')
          .set('StatefulSet/nats', ['spec', 'selector'], undefined),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): spec.selector app=other does not match the labels of its own pods app=cart, which the API server refuses: make them equal [workload-selector]",
        "shop.yaml (StatefulSet/nats): spec.selector is missing, but apps/v1 requires it: select the label app of the pod template [workload-selector]",
      ]
    `);
  });

  it('report two workloads that select the same pods', () => {
    expect(
      shopFaults((shop) =>
        shop.add(
          `{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: twin }, spec: { selector: { matchLabels: { app: nats } }, template: { metadata: { labels: { app: nats } } } } }`,
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Service/nats): targetPort is client, but no container of DaemonSet/twin has this port, so connections would be refused: add it [service-target-port]",
        "shop.yaml (DaemonSet/twin): it selects the same pods as StatefulSet/nats, so both would manage them: give each its own label app [workload-selector-shared]",
      ]
    `);
  });

  it('report a StatefulSet whose Service is missing', () => {
    expect(shopFaults((shop) => shop.set('StatefulSet/nats', ['spec', 'serviceName'], 'nats-headles')))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (StatefulSet/nats): serviceName is nats-headles, but the namespace has no such Service, so its pods get no DNS names: did you mean nats-headless [stateful-set-service]",
      ]
    `);
  });

  it('report a StatefulSet whose Service is not headless', () => {
    expect(shopFaults((shop) => shop.set('Service/nats-headless', ['spec', 'clusterIP'], undefined)))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (StatefulSet/nats): the Service nats-headless is not headless, so its pods get no DNS names: set clusterIP to None, or name a headless Service [stateful-set-service]",
      ]
    `);
  });

  it('report a StatefulSet whose Service selects others', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Service/nats-headless', ['spec', 'selector', 'app'], 'cart')
          .set('Service/nats-headless', ['spec', 'ports', 0, 'port'], 8000),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (StatefulSet/nats): the Service nats-headless does not select its pods app=nats: select their label app [stateful-set-service]",
      ]
    `);
  });
});
