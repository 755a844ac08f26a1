import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of names', () => {
  it('report two objects of one kind and name', () => {
    expect(
      shopFaults((shop) =>
        shop.add('{ apiVersion: v1, kind: ConfigMap, metadata: { name: settings }, data: { a: b } }'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): the ConfigMap settings has no key currency, so the container cannot start: use a [config-map-key]",
        "shop.yaml (ConfigMap/settings): ConfigMap/settings is defined here and at shop.yaml, and the one applied later overwrites the other: rename one of them [object-duplicate]",
      ]
    `);
  });

  it('report an object without a name', () => {
    expect(shopFaults((shop) => shop.set('ConfigMap/settings', ['metadata', 'name'], undefined)))
      .toMatchInlineSnapshot(`
        [
          "shop.yaml (Deployment/cart): the ConfigMap settings does not exist in the namespace, so the container cannot start: use nats-config [config-map-missing]",
          "shop.yaml (ConfigMap/): a ConfigMap has no name, but objects are applied by name: set metadata.name [object-name]",
        ]
      `);
  });

  it('report a name over its length, shorter where a controller appends to it', () => {
    expect(
      shopFaults((shop) => shop.add(`{ apiVersion: batch/v1, kind: CronJob, metadata: { name: ${'n'.repeat(53)} } }`)),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (CronJob/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn): the name nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn has 53 characters, a CronJob has at most 52: shorten it [object-name-length]",
        "shop.yaml (CronJob/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn): spec is missing, but the API server requires it: set it [field-missing]",
      ]
    `);
  });

  it('report a name that is no DNS label', () => {
    expect(shopFaults((shop) => shop.add('{ apiVersion: v1, kind: Service, metadata: { name: My_Cart } }')))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (Service/My_Cart): "My_Cart" is an invalid Service name, allowed are lower-case letters, digits and dashes, a letter first: rename it [object-name]",
      ]
    `);
  });

  it('report a cluster-scoped object with a namespace', () => {
    expect(shopFaults((shop) => shop.add('{ apiVersion: v1, kind: Namespace, metadata: { name: other } }')))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (Namespace/other): metadata.namespace is "shop", but a Namespace is cluster-scoped: remove it [object-scope]",
      ]
    `);
  });

  it('report a Secret with a value in it', () => {
    expect(
      shopFaults((shop) =>
        shop.add('{ apiVersion: v1, kind: Secret, metadata: { name: s }, stringData: { password: hunter2 } }'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Secret/s): the Secret contains values (password), but manifests are committed: remove the object, reference it by name, and create it in the cluster [secret-data]",
      ]
    `);
  });

  it('report a label that is no text, or too long', () => {
    expect(shopFaults((shop) => shop.set('Service/cart', ['metadata', 'labels'], { version: 2, long: 'x'.repeat(64) })))
      .toMatchInlineSnapshot(`
      [
        "shop.yaml (Service/cart): the label version is 2, a label is text of at most 63 letters, digits, dashes, dots and underscores: change it, or make it an annotation [label-value]",
        "shop.yaml (Service/cart): the label long is "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", a label is text of at most 63 letters, digits, dashes, dots and underscores: change it, or make it an annotation [label-value]",
      ]
    `);
  });

  it('report a container without a name', () => {
    const path = ['spec', 'template', 'spec', 'containers', 0, 'name'];
    expect(shopFaults((shop) => shop.set('Deployment/cart', path, undefined))).toContain(
      'shop.yaml (Deployment/cart): a container of the pod has no name: name it [pod-name]',
    );
  });

  it('report names of containers, volumes and ports that are none', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'name'], 'Cart')
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'ports', 1], {
            name: 'much-too-long-a-name',
            containerPort: 9,
          }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): "Cart" is an invalid container name, allowed are at most 63 lower-case letters, digits and dashes: rename it [pod-name]",
        "shop.yaml (Deployment/cart): "much-too-long-a-name" is an invalid port name, allowed are at most 15 lower-case letters, digits and dashes: rename it [port-name]",
      ]
    `);
  });

  it('report two containers of one name', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'template', 'spec', 'initContainers'], [{ name: 'cart', image: 'x:1' }]),
      ).filter((line) => line.endsWith('[pod-name-twice]')),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): two containers are called cart, but names must be unique in a pod: rename one [pod-name-twice]",
      ]
    `);
  });

  it('report two ports of a Service with one number, unless their protocols differ', () => {
    const port = (protocol: string) => ({ name: 'more', port: 8000, targetPort: 'http', protocol });
    const faults = (protocol: string) =>
      shopFaults((shop) => shop.set('Service/cart', ['spec', 'ports', 1], port(protocol)));
    expect(faults('TCP')).toEqual([
      'shop.yaml (Service/cart): two ports of the Service are TCP 8000, which the API server rejects: remove or change one [port-twice]',
    ]);
    expect(faults('UDP')).toEqual([]);
  });
});
