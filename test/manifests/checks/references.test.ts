import { describe, expect, it } from 'vitest';
import { manifestFaults } from '#manifests';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of references', () => {
  it('report a ServiceAccount that does not exist', () => {
    expect(
      shopFaults((shop) => shop.set('Deployment/cart', ['spec', 'template', 'spec', 'serviceAccountName'], 'carts')),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): the ServiceAccount carts does not exist in the namespace, so no pod can be created: did you mean cart [service-account-missing]",
      ]
    `);
  });

  it('report a ConfigMap, or a key of one, that does not exist', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set(
            'Deployment/cart',
            ['spec', 'template', 'spec', 'containers', 0, 'env', 3, 'valueFrom', 'configMapKeyRef', 'key'],
            'curency',
          )
          .set('StatefulSet/nats', ['spec', 'template', 'spec', 'volumes', 0, 'configMap', 'name'], 'nats-conf'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): the ConfigMap settings has no key curency, so the container cannot start: did you mean currency [config-map-key]",
        "shop.yaml (StatefulSet/nats): the ConfigMap nats-conf does not exist in the namespace, so the container cannot start: did you mean nats-config [config-map-missing]",
      ]
    `);
  });

  it('report a ConfigMap of envFrom that does not exist', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'Deployment/cart',
          ['spec', 'template', 'spec', 'containers', 0, 'envFrom'],
          [{ configMapRef: { name: 'setings' } }],
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): the ConfigMap setings does not exist in the namespace, so the container cannot start: did you mean settings [config-map-missing]",
      ]
    `);
  });

  it('report a claim that does not exist', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'template', 'spec', 'volumes', 0], {
          name: 'tmp',
          persistentVolumeClaim: { claimName: 'disk' },
        }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): the PersistentVolumeClaim disk does not exist in the namespace, so the pod never starts: add it [claim-missing]",
      ]
    `);
  });

  it('report a Role and an account of a binding that do not exist', () => {
    expect(
      shopFaults((shop) =>
        shop.add(
          '{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: b }, roleRef: { kind: Role, name: r }, subjects: [{ kind: ServiceAccount, name: nobody, namespace: shop }, { kind: ServiceAccount, name: cart }] }',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (RoleBinding/b): the Role r does not exist in the namespace, so the binding grants nothing: add it [role-missing]",
        "shop.yaml (RoleBinding/b): the ServiceAccount nobody does not exist in the namespace, so the binding grants nothing: use cart [service-account-missing]",
        "shop.yaml (RoleBinding/b): the subject cart is a ServiceAccount without a namespace, which the API server rejects: set namespace beside its name [service-account-missing]",
      ]
    `);
  });

  it('let pass a subject whose ServiceAccount is applied to a namespace that the command names', () => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'server' } };
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'server' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'server', namespace: 'argocd' }],
    };
    const placed = [account, binding].map((manifest) => ({ path: 'install.yaml', manifest }));
    expect(manifestFaults(placed)).toEqual([]);
  });

  it('report a subject of a ClusterRoleBinding and a subPath of a Secret that do not exist', () => {
    const pod = ['spec', 'template', 'spec'];
    const faults = shopFaults(
      (shop) =>
        shop
          .set('Deployment/cart', [...pod, 'volumes', 1], { name: 's', secret: { secretName: 'shop-secrets' } })
          .set('Deployment/cart', [...pod, 'containers', 0, 'volumeMounts', 1], {
            name: 's',
            mountPath: '/run/key',
            subPath: 'kye',
          })
          .add(
            '{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: { name: b }, roleRef: { kind: ClusterRole, name: view }, subjects: [{ kind: ServiceAccount, name: card, namespace: shop }] }',
          ),
      { secrets: [{ name: 'shop-secrets', keys: ['cart-nats-password', 'key'] }], ignore: ['object-scope'] },
    );
    expect(faults).toEqual([
      expect.stringContaining('has no key kye for the Secret shop-secrets'),
      expect.stringContaining('the ServiceAccount card does not exist in the namespace shop'),
    ]);
  });
});
