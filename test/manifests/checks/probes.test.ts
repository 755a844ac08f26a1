import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of probes', () => {
  it('report a probe on a port that nothing opens', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set(
            'Deployment/cart',
            ['spec', 'template', 'spec', 'containers', 0, 'readinessProbe', 'httpGet', 'port'],
            'htpp',
          )
          .set(
            'StatefulSet/nats',
            ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe', 'httpGet', 'port'],
            8223,
          ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): readinessProbe of container cart uses port htpp, which the container does not have, so it can never succeed: did you mean http [probe-port]",
        "shop.yaml (StatefulSet/nats): livenessProbe of container nats uses port 8223, which the container does not have, so it can never succeed: did you mean 8222 [probe-port]",
      ]
    `);
  });

  it('report a hook on a port that nothing opens', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'lifecycle', 'preStop'], {
          httpGet: { path: '/stop', port: 9000 },
        }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): preStop of container cart uses port 9000, which the container does not have, so it can never succeed: did you mean 8000 [probe-port]",
      ]
    `);
  });
});
