import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

const CLAIM =
  '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: disk }, spec: { accessModes: [ReadWriteOnce] } }';

describe('checks of rollouts', () => {
  it('report a rolling update over a claim of one node', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'replicas'], 1)
          .remove('PodDisruptionBudget/cart')
          .set('Deployment/cart', ['spec', 'template', 'spec', 'volumes', 0], {
            name: 'tmp',
            persistentVolumeClaim: { claimName: 'disk' },
          })
          .add(CLAIM),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): a rolling update starts the new pod while the old one uses the claim disk, which is ReadWriteOnce, so the update may never complete: set the strategy to Recreate, or use a StatefulSet [claim-rolling-update]",
      ]
    `);
  });

  it('report replicas that share a claim of one node', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'template', 'spec', 'volumes', 0], {
            name: 'tmp',
            persistentVolumeClaim: { claimName: 'disk' },
          })
          .add(CLAIM),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): 2 replicas share the claim disk, which is ReadWriteOnce, so those on a second node never start: use a StatefulSet, a ReadWriteMany claim, or one replica [claim-shared]",
      ]
    `);
  });

  it('report a rolling update in which no pod may go and none may come', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'strategy'], { rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): maxUnavailable and maxSurge are both 0, so the rollout can never make progress: set maxSurge to 1 [rollout-stuck]",
      ]
    `);
  });

  it('report Recreate with the figures of a rolling update', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'strategy'], { type: 'Recreate', rollingUpdate: { maxSurge: 1 } }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): the strategy is Recreate but has rollingUpdate, which the API server refuses: remove rollingUpdate [strategy-conflict]",
      ]
    `);
  });

  it('report a progress deadline before the end of the start-up', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'startupProbe'], {
          httpGet: { port: 'http' },
          periodSeconds: 5,
          failureThreshold: 60,
        }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): progressDeadlineSeconds is 120, but container cart may take 300 s to start according to its startup probe, so a slow start counts as a failed rollout: set it above 300 [progress-deadline]",
      ]
    `);
  });

  it('report a grace that preStop alone uses up, or none at all', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set(
            'Deployment/cart',
            ['spec', 'template', 'spec', 'containers', 0, 'lifecycle', 'preStop', 'exec', 'command'],
            ['sh', '-c', 'sleep 60'],
          )
          .set('StatefulSet/nats', ['spec', 'template', 'spec', 'terminationGracePeriodSeconds'], 0),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): terminationGracePeriodSeconds is 40, but preStop of container cart sleeps 60 s, so no time is left to stop: raise the grace period or shorten the sleep [grace-short]",
        "shop.yaml (StatefulSet/nats): terminationGracePeriodSeconds is 0, so pods are killed while they work: set it to the duration of the longest request or job [grace-zero]",
      ]
    `);
  });
});
