import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of scaling', () => {
  it('report an autoscaler without its target, and with its range upside down', () => {
    expect(
      shopFaults((shop) =>
        shop.add(
          '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: cart }, spec: { minReplicas: 5, maxReplicas: 3, scaleTargetRef: { kind: Deployment, name: card } } }',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (HorizontalPodAutoscaler/cart): its target Deployment/card does not exist in the namespace: did you mean Deployment/cart [hpa-target]",
        "shop.yaml (HorizontalPodAutoscaler/cart): minReplicas is 5 but maxReplicas is 3, and the minimum must not exceed the maximum: change one of them [hpa-range]",
      ]
    `);
  });

  it('report replicas beside an autoscaler', () => {
    expect(
      shopFaults((shop) =>
        shop.add(
          '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: cart }, spec: { minReplicas: 2, maxReplicas: 3, scaleTargetRef: { kind: Deployment, name: cart } } }',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): replicas is 2, but HorizontalPodAutoscaler/cart scales it, so each apply would reset the scale: remove replicas [hpa-replicas]",
      ]
    `);
  });

  it('report a disruption budget of one replica', () => {
    expect(shopFaults((shop) => shop.set('Deployment/cart', ['spec', 'replicas'], 1))).toMatchInlineSnapshot(`
      [
        "shop.yaml (PodDisruptionBudget/cart): Deployment/cart has 1 replica, so the budget either has no effect or blocks every node drain: remove the budget, or run two replicas [pdb-single-replica]",
      ]
    `);
  });

  it('report a disruption budget whose autoscaler may go down to one', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'replicas'], undefined)
          .add(
            '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: cart }, spec: { minReplicas: 1, maxReplicas: 3, scaleTargetRef: { kind: Deployment, name: cart } } }',
          ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (PodDisruptionBudget/cart): Deployment/cart has 1 replica, so the budget either has no effect or blocks every node drain: remove the budget, or run two replicas [pdb-single-replica]",
      ]
    `);
  });

  it('report a disruption budget that lets no pod go', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('PodDisruptionBudget/cart', ['spec', 'maxUnavailable'], undefined)
          .set('PodDisruptionBudget/cart', ['spec', 'minAvailable'], '100%'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (PodDisruptionBudget/cart): minAvailable is 100% and Deployment/cart has 2 replicas, so no pod can be evicted and no node drained: replace minAvailable with maxUnavailable: 1 [pdb-blocks]",
      ]
    `);
  });

  it('report a disruption budget that selects nothing', () => {
    expect(
      shopFaults((shop) => shop.set('PodDisruptionBudget/cart', ['spec', 'selector', 'matchLabels', 'app'], 'card')),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (PodDisruptionBudget/cart): its selector matches no pod of the namespace: select the label app of the pods [pdb-selects-nothing]",
      ]
    `);
  });

  it('report two budgets and two autoscalers of the same pods, and a budget with both limits', () => {
    const faults = shopFaults((shop) =>
      shop
        .set('Deployment/cart', ['spec', 'replicas'], undefined)
        .set('PodDisruptionBudget/cart', ['spec', 'minAvailable'], 1)
        .add(
          ['a', 'b']
            .map(
              (name) =>
                `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: ${name} }, spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { kind: Deployment, name: cart } } }`,
            )
            .join('\n---\n'),
        )
        .add(
          '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: other }, spec: { maxUnavailable: 1, selector: { matchLabels: { app: cart } } } }',
        ),
    );
    expect(faults).toMatchInlineSnapshot(`
      [
        "shop.yaml (PodDisruptionBudget/cart): it has both minAvailable and maxUnavailable, which the API server rejects: remove minAvailable [pdb-both]",
        "shop.yaml (HorizontalPodAutoscaler/b): it scales Deployment/cart, which HorizontalPodAutoscaler/a scales too, so each overrules the other: put the metrics into one [hpa-twice]",
        "shop.yaml (PodDisruptionBudget/other): it selects the pods of Deployment/cart, which PodDisruptionBudget/cart selects too, and a pod with two budgets can never be evicted: remove one [pdb-twice]",
      ]
    `);
  });
});
