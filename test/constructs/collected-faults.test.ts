import { App, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { addManifestChecks, NatsCronJob, NatsJob, NatsMicroservice, NatsWorker } from '#constructs';
import { DeclarationError, Env } from '#declare';

const image = 'registry.example/shop/orders:1.4.2';

/** Four services, each with a fault of its own. */
function faultyShop(app: App): void {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const orders = new NatsMicroservice(chart, 'orders', { image: 'orders:latest', port: 9000 as 8000, uid: 0 });
  new NatsWorker(chart, 'mailer', { image, env: [Env.value('A', '$(B)')], pod: { labels: 5 } as never });
  new NatsJob(chart, 'backfill', { image, patch: [{ op: 'remove', path: '/spec/nowhere' }] });
  new NatsCronJob(chart, 'report', { image, schedule: 'daily' });
  // what follows from a construct can still be written
  expect([orders.host, orders.deployment.kind]).toEqual(['orders.shop.svc.cluster.local', 'Deployment']);
}

describe('faults of several services', () => {
  it('come in one error of synthesis where manifests are checked, each at its construct', () => {
    const app = new App();
    addManifestChecks(app);
    faultyShop(app);
    const error = errorOf(() => app.synthYaml());
    const lines = error.split('\n').slice(1);
    expect(lines.map((line) => /\[(\S+)\] .*\[(\S+)\]$/.exec(line.trim())?.slice(1))).toEqual([
      ['shop/orders', 'port'],
      ['shop/orders', 'image'],
      ['shop/orders', 'uid'],
      ['shop/mailer', 'prop-type'],
      ['shop/mailer', 'env-unknown'],
      ['shop/backfill', 'patch'],
      ['shop/report', 'cron-schedule'],
    ]);
  });

  it('are thrown one by one where they are not', () => {
    const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
    expect(() => new NatsMicroservice(chart, 'orders', { image: 'orders:latest' })).toThrow(DeclarationError);
    const checked = new Chart(new App(), 'shop', { namespace: 'shop' });
    addManifestChecks(new Chart(checked, 'other'));
    expect(() => new NatsMicroservice(checked, 'orders', { image: 'orders:latest' })).toThrow(DeclarationError);
  });

  it('leave the manifests for the next synthesis, since some are missing', () => {
    const app = new App();
    addManifestChecks(app);
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    new NatsMicroservice(chart, 'orders', { image, env: [Env.value('CART_URL', 'http://cart:8000')] });
    new NatsMicroservice(chart, 'cart', { image: 'cart' });
    expect(errorOf(() => app.synthYaml()).split('\n')).toHaveLength(2);
  });
});

function errorOf(synthesize: () => unknown): string {
  try {
    synthesize();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('synthesis succeeded');
}
