import { describe, expect, it } from 'vitest';
import { shopFaults } from '../../support/shop-manifests.ts';

const CONFIG = 'accounts { SHOP { users: [{ user: cart, password: $P }, { user: "stock", password: $P }] } }';
const ENV = ['spec', 'template', 'spec', 'containers', 0, 'env'];

function faults(entries: readonly object[], config = CONFIG): readonly string[] {
  return shopFaults((shop) =>
    shop
      .set('ConfigMap/nats-config', ['data', 'nats.conf'], config)
      .set('StatefulSet/nats', [...ENV.slice(0, -1), 'args'], ['-c', '/etc/nats/nats.conf'])
      .set('StatefulSet/nats', ENV, [{ name: 'P', value: 'x' }])
      .set('Deployment/cart', ENV, entries),
  );
}

describe('the user of a NATS client', () => {
  const URL = { name: 'NATS_URL', value: 'nats://nats:4222' };

  it('is told with the nearest one that the configuration has', () => {
    expect(faults([URL, { name: 'NATS_USER', value: 'card' }])).toEqual([
      'shop.yaml (Deployment/cart): container cart env NATS_USER logs in to StatefulSet/nats as card, but its configuration has no such user, so it refuses every connection: did you mean cart [nats-user]',
    ]);
    expect(faults([{ name: 'NATS_URL', value: 'nats://nobody:x@nats:4222' }])).toContainEqual(
      expect.stringContaining('env NATS_URL logs in to StatefulSet/nats as nobody'),
    );
  });

  it.each([
    ['one that is there', [URL, { name: 'NATS_USER', value: 'stock' }], CONFIG],
    ['one from a Secret', [URL, { name: 'NATS_USER', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }], CONFIG],
    ['none', [URL], CONFIG],
    ['one of a server without users', [URL, { name: 'NATS_USER', value: 'a' }], 'port: 4222'],
    [
      'one of a server with an operator',
      [URL, { name: 'NATS_USER', value: 'a' }],
      'operator: /etc/op.jwt\nresolver: MEMORY',
    ],
  ])('is not told: %s', (_, entries, config) => {
    expect(faults(entries, config)).toEqual([]);
  });
});
