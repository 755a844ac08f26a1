import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of volumes', () => {
  it('report a mount without its volume, a volume without a mount', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'volumeMounts', 0, 'name'], 'temp'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): the volume tmp is not mounted by any container: mount it or remove it [volume-unused]",
        "shop.yaml (Deployment/cart): container cart mounts the volume temp, which the pod does not have: did you mean tmp [mount-without-volume]",
      ]
    `);
  });

  it('report two mounts at one path', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'StatefulSet/nats',
          ['spec', 'template', 'spec', 'containers', 0, 'volumeMounts', 1, 'mountPath'],
          '/data',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (StatefulSet/nats): container nats mounts two volumes at /data: change one of the paths [mount-path-twice]",
      ]
    `);
  });

  it('report a root that cannot be written without the folders that a known image writes to', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'Deployment/cart',
          ['spec', 'template', 'spec', 'containers', 0, 'image'],
          'docker.io/library/postgres:17.2',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart has a read-only root, but postgres writes to /var/lib/postgresql: mount a sized emptyDir or a claim there [read-only-root]",
        "shop.yaml (Deployment/cart): container cart has a read-only root, but postgres writes to /var/run/postgresql or /run/postgresql: mount a sized emptyDir or a claim there [read-only-root]",
      ]
    `);
  });

  it('report a root that cannot be written without the folder that an environment variable names', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'env', 4], {
          name: 'UPLOAD_DIR',
          value: '/uploads',
        }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart has a read-only root, but UPLOAD_DIR writes to /uploads: mount a sized emptyDir or a claim there [read-only-root]",
      ]
    `);
  });

  it('report a root that cannot be written without the store of nats.conf', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'ConfigMap/nats-config',
          ['data', 'nats.conf'],
          'pid_file: "/var/run/nats/nats.pid"\njetstream {\n  store_dir: "/store"\n}',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (StatefulSet/nats): container nats has a read-only root, but pid_file of nats writes to /var/run/nats: mount a sized emptyDir or a claim there [read-only-root]",
        "shop.yaml (StatefulSet/nats): container nats has a read-only root, but store_dir of nats writes to /store: mount a sized emptyDir or a claim there [read-only-root]",
      ]
    `);
  });

  it('report a writable folder that is mounted read-only', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('StatefulSet/nats', ['spec', 'template', 'spec', 'containers', 0, 'volumeMounts', 0, 'readOnly'], true)
          .set('ConfigMap/nats-config', ['data', 'nats.conf'], 'store_dir: "/data"'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (StatefulSet/nats): container nats has a read-only root, but store_dir of nats writes to /data: mount a sized emptyDir or a claim there [read-only-root]",
      ]
    `);
  });

  it('ask for a folder for temporary files where it is not known what the program writes', () => {
    const mount = ['spec', 'template', 'spec', 'containers', 0, 'volumeMounts', 0, 'mountPath'];
    const enable = ['temporary-folder'];
    expect(shopFaults((shop) => shop.set('Deployment/cart', mount, '/temp'), { enable })).toEqual([
      'shop.yaml (Deployment/cart): container cart has a read-only root and no writable /tmp, where most programs write: mount a sized emptyDir there [temporary-folder]',
    ]);
    expect(shopFaults(() => undefined, { enable })).toEqual([]);
  });

  it('report a subPath that the items of its volume do not give', () => {
    const pod = ['spec', 'template', 'spec'];
    const faults = (subPath: string) =>
      shopFaults((shop) =>
        shop
          .set(
            'StatefulSet/nats',
            [...pod, 'volumes', 0, 'configMap', 'items'],
            [{ key: 'nats.conf', path: 'server.conf' }],
          )
          .set('StatefulSet/nats', [...pod, 'containers', 0, 'volumeMounts', 1, 'subPath'], subPath),
      );
    expect(faults('server.cnf')).toEqual([
      'shop.yaml (StatefulSet/nats): container nats mounts server.cnf of the volume config, whose items have no such path, so the container cannot start: did you mean server.conf [config-map-key]',
    ]);
    expect(faults('server.conf')).toEqual([]);
  });
});
