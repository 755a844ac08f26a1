import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('checks of environment', () => {
  it('report a reference to what stands later', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'env', 0], {
            name: 'LATE',
            value: '$(NATS_URL)/x',
          })
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'env', 2], {
            name: 'NATS_HOST',
            value: 'nats',
          }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env LATE: $(NATS_URL) is defined only further down, so it is not expanded (a reference sees only variables above it): put NATS_URL before LATE [env-late]",
        "shop.yaml (Deployment/cart): container cart env NATS_URL: $(NATS_HOST) is defined only further down, so it is not expanded (a reference sees only variables above it): put NATS_HOST before NATS_URL [env-late]",
      ]
    `);
  });

  it('report a reference to what nobody defines', () => {
    expect(
      shopFaults((shop) =>
        shop.set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'env', 4], {
          name: 'GREETING',
          value: 'pay in $(CURENCY)',
        }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env GREETING: $(CURENCY) references an undefined variable, the container would receive the text unexpanded: did you mean $(CURRENCY)? otherwise declare it, or escape it as $$(CURENCY) [env-unknown]",
      ]
    `);
  });

  it('report a cycle, and a duplicate', () => {
    expect(
      shopFaults((shop) =>
        shop
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'env', 4], { name: 'A', value: '$(B)' })
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'env', 5], { name: 'B', value: '$(A)' })
          .set('Deployment/cart', ['spec', 'template', 'spec', 'containers', 0, 'env', 6], {
            name: 'CURRENCY',
            value: 'USD',
          }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container cart env CURRENCY: CURRENCY is declared 2 times, names must be unique (the kubelet uses the last, server-side apply refuses the list): keep one [env-duplicate]",
        "shop.yaml (Deployment/cart): container cart env A: A → B → A is a cycle, each variable must come after those it references: remove one of the references [env-cycle]",
        "shop.yaml (Deployment/cart): container cart env A: $(B) is defined only further down, so it is not expanded (a reference sees only variables above it): put B before A [env-late]",
      ]
    `);
  });

  it('report a literal that is a credential, in any container', () => {
    expect(
      shopFaults((shop) =>
        shop.set(
          'Deployment/cart',
          ['spec', 'template', 'spec', 'initContainers'],
          [{ name: 'migrate', image: 'x:1', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }],
        ),
      ).filter((line) => line.endsWith('[env-credential]')),
    ).toMatchInlineSnapshot(`
      [
        "shop.yaml (Deployment/cart): container migrate env DB_PASSWORD: the value is a literal (not shown), and its name looks like a credential, but credentials must come from a Secret: use Env.secret('DB_PASSWORD', …), or reference the secret part of a longer text as $(OTHER) [env-credential]",
      ]
    `);
  });
});
