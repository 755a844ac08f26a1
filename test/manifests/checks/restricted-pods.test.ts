import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of PodSecurity restricted', () => {
  it('report a container without any of what the standard asks', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'securityContext'], undefined),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): PodSecurity restricted would refuse container cart: allowPrivilegeEscalation must be false; capabilities.drop must contain ALL [pod-security]",
      ]
    `);
  });

  it('report a pod that runs as root on the host', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'template', 'spec', 'hostNetwork'], true)
          .set('Deployment/cart', ['spec', 'template', 'spec', 'securityContext'], { runAsUser: 0 })
          .set('Deployment/cart', ['spec', 'template', 'spec', 'volumes', 0], {
            name: 'tmp',
            hostPath: { path: '/tmp' },
          }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): PodSecurity restricted would refuse the pod: hostNetwork must be off; runAsUser must not be 0; volume tmp must not be a hostPath [pod-security]",
        "shop.yaml (Deployment/cart): PodSecurity restricted would refuse container cart: runAsNonRoot must be true; seccompProfile.type must be RuntimeDefault [pod-security]",
      ]
    `);
  });

  it('report a privileged container with a port of the host and more rights', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'privileged'], true)
          .set(
            'Deployment/cart',
            ['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'capabilities', 'add'],
            ['SYS_ADMIN'],
          )
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'hostPort'], 80),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): PodSecurity restricted would refuse container cart: privileged must be off; capabilities.add must not contain SYS_ADMIN; hostPort must not be set [pod-security]",
      ]
    `);
  });
});
