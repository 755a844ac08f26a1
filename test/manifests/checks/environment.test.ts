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
        "shop.yaml (Deployment/cart): container cart env LATE: $(NATS_URL) is defined only further down, a reference sees what stands above it, so the text stays as it is written: put NATS_URL before LATE [env-late]",
        "shop.yaml (Deployment/cart): container cart env NATS_URL: $(NATS_HOST) is defined only further down, a reference sees what stands above it, so the text stays as it is written: put NATS_HOST before NATS_URL [env-late]",
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
        "shop.yaml (Deployment/cart): container cart env GREETING: $(CURENCY) names a variable that nothing defines, the container would get it as it is written: did you mean $(CURRENCY)? else declare it, or write $$(CURENCY) for the text itself [env-unknown]",
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
        "shop.yaml (Deployment/cart): container cart env CURRENCY: CURRENCY stands in the list 2 times, a name is declared once (the kubelet takes the last, server-side apply refuses the list): take away all but one [env-duplicate]",
        "shop.yaml (Deployment/cart): container cart env A: A → B → A is a cycle, each variable must come after those it names: write one of them without naming the next [env-cycle]",
        "shop.yaml (Deployment/cart): container cart env A: $(B) is defined only further down, a reference sees what stands above it, so the text stays as it is written: put B before A [env-late]",
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
        "shop.yaml (Deployment/cart): container migrate env DB_PASSWORD: a literal is given (not shown here), and its name says credential, a credential comes by reference alone: use Env.secret('DB_PASSWORD', …), or in a longer text name the secret part as $(OTHER) [env-credential]",
      ]
    `);
  });
});
