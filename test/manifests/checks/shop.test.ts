import { describe, expect, it } from 'vitest';
import { manifestFaults } from '#constructs';
import { consume, declareService, defineMessage } from '#declare';
import { z } from 'zod';
import { shopFaults, shopManifestFaults } from '#test-support/shop-manifests';

const CONTAINER = ['spec', 'template', 'spec', 'containers', 0] as const;

function secretList(keys: readonly string[]): string {
  const list = JSON.stringify([{ name: 'shop-secrets', namespace: 'shop', keys: keys.map((key) => ({ key })) }]);
  return `
apiVersion: v1
kind: ConfigMap
metadata: { name: required-secrets, labels: { cdk8s-nats.dev/required-secrets: 'true' } }
data: { secrets.yaml: '${list}' }`;
}

describe('manifestFaults', () => {
  it('finds nothing wrong with a right shop', () => {
    expect(shopFaults(() => undefined)).toEqual([]);
  });

  it('reports all faults at once, in the order of the objects, each with its object and JSON pointer', () => {
    const faults = shopManifestFaults((shop) =>
      shop
        .set('Ingress/edge', ['spec', 'ingressClassName'], undefined)
        .set('Deployment/cart', [...CONTAINER, 'readinessProbe', 'httpGet', 'port'], 'htpp')
        .set('Service/cart', ['metadata', 'labels'], { 'a.b/c': 7 }),
    );
    expect(faults.map(({ rule, object, pointer }) => [rule, object, pointer])).toEqual([
      ['probe-port', 0, '/spec/template/spec/containers/0/readinessProbe/httpGet/port'],
      ['label-value', 1, '/metadata/labels/a.b~1c'],
      ['edge-class', 5, '/spec'],
    ]);
  });

  it('leaves out the rules that are ignored, and takes for there what exists elsewhere', () => {
    const spoil = (shop: Parameters<Parameters<typeof shopFaults>[0]>[0]) =>
      shop
        .set('Ingress/edge', ['spec', 'ingressClassName'], undefined)
        .set('Deployment/cart', ['spec', 'template', 'spec', 'serviceAccountName'], 'platform-made');
    expect(shopFaults(spoil, { ignore: ['edge-class'], existing: ['platform-made'] })).toEqual([]);
  });

  it('reports a Secret or key that a list of Secrets does not have, be the list given or in the set', () => {
    const wrong = (shop: Parameters<Parameters<typeof shopFaults>[0]>[0]) =>
      shop.set('Deployment/cart', [...CONTAINER, 'env', 3, 'valueFrom'], {
        secretKeyRef: { name: 'shop-secret', key: 'k' },
      });
    const secrets = [{ name: 'shop-secrets', keys: ['cart-nats-pasword'] }];
    const expected = [
      'shop.yaml (Deployment/cart): the list of required Secrets has no key cart-nats-password for the Secret shop-secrets, so the container might never start: did you mean cart-nats-pasword, or list it [secret-key]',
      'shop.yaml (Deployment/cart): the Secret shop-secret is not in the list of required Secrets, so the pod might never start: did you mean shop-secrets, or list it [secret-missing]',
    ];
    expect(shopFaults(wrong, { secrets })).toEqual(expected);
    expect(shopFaults((shop) => wrong(shop).add(secretList(['cart-nats-pasword'])))).toEqual(expected);
    expect(shopFaults((shop) => shop.add(secretList(['cart-nats-password'])))).toEqual([]);
  });

  it('knows the keys of an ExternalSecret and of a SealedSecret', () => {
    const external = `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: any }
spec: { target: { name: shop-secrets }, data: [{ secretKey: cart-nats-password }] }`;
    expect(shopFaults((shop) => shop.add(external), { secrets: [] })).toEqual([]);
    const sealed = external.replace('ExternalSecret', 'SealedSecret');
    expect(shopFaults((shop) => shop.add(sealed), { secrets: [] })).toHaveLength(1);
  });

  it('reports a service whose declaration needs a server that its environment does not name', () => {
    const placed = defineMessage({ subject: 'cart.placed', payload: z.object({}) });
    const cart = declareService({
      name: 'cart',
      env: [],
      consumes: [consume(placed)],
      databaseSchema: 'cart',
      redisKeys: { writes: ['cart:*'] },
    });
    expect(shopFaults(() => undefined, { declarations: [cart] })).toEqual([
      'shop.yaml (Deployment/cart): its declaration has the schema cart, but no variable names a PostgreSQL server: set DATABASE_URL [declaration-unconnected]',
      'shop.yaml (Deployment/cart): its declaration has keys in Redis, but no variable names a Redis server: set REDIS_URL [declaration-unconnected]',
    ]);
  });

  it('takes objects without a namespace for those of the default one', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'db' }, spec: { selector: { app: 'db' } } };
    const faults = manifestFaults([{ path: 'a.yaml', manifest: service }], { defaultNamespace: 'shop' });
    expect(faults.map(({ rule }) => rule)).toEqual(['service-selects-nothing']);
  });

  it('survives whatever YAML can hold', () => {
    const junk: readonly unknown[] = [
      null,
      'text',
      7,
      [],
      {},
      { kind: 'Deployment', metadata: 'x', spec: [] },
      {
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { template: { spec: { containers: [null, 5, { env: 7 }] } } },
      },
      { kind: 'Service', metadata: { name: 's' }, spec: { ports: [null], selector: 5 } },
      { kind: 'NetworkPolicy', metadata: { name: 'n' }, spec: { ingress: {}, egress: [null] } },
      { kind: 'ConfigMap', metadata: { name: 'c' }, data: null },
    ];
    const placed = junk.map((manifest) => ({ path: 'junk.yaml', manifest }));
    expect(() => manifestFaults(placed)).not.toThrow();
    expect(() => manifestFaults(placed, { secrets: [] })).not.toThrow();
  });
});
