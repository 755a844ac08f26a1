import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

/** The shop reads cart-nats-password of the Secret shop-secrets; `spec` is that of an object which creates it. */
function faultsWith(kind: string, spec: object, name = 'shop-secrets'): readonly string[] {
  const apiVersion = kind === 'SealedSecret' ? 'bitnami.com/v1alpha1' : 'external-secrets.io/v1';
  return shopFaults((shop) => shop.add(JSON.stringify({ apiVersion, kind, metadata: { name }, spec })));
}

const RIGHT = 'cart-nats-password';
const WRONG = 'cart-nats-pasword';
const data = (secretKey: string) => [{ secretKey, remoteRef: { key: 'shop' } }];
const words = (object: string) =>
  `shop.yaml (Deployment/cart): ${object} has no key ${RIGHT}, so the container cannot start: did you mean ${WRONG} [secret-key]`;

describe('checks of Secrets that an operator creates', () => {
  it('find the key that is read', () => {
    expect(faultsWith('SealedSecret', { encryptedData: { [RIGHT]: 'AgB…' } })).toEqual([]);
    expect(faultsWith('ExternalSecret', { data: data(RIGHT) })).toEqual([]);
  });

  it('report a misspelt one, without any list of Secrets', () => {
    expect(faultsWith('SealedSecret', { encryptedData: { [WRONG]: 'AgB…' } })).toEqual([
      words('the SealedSecret shop-secrets'),
    ]);
    expect(faultsWith('ExternalSecret', { target: { name: 'shop-secrets' }, data: data(WRONG) }, 'any')).toEqual([
      words('the ExternalSecret any, which creates the Secret shop-secrets,'),
    ]);
  });

  it('report it although a list of required Secrets, which is read off the pods, has the key', () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'required', labels: { 'cdk8s-nats.dev/required-secrets': 'true' } },
      data: { 'secrets.yaml': JSON.stringify([{ name: 'shop-secrets', namespace: 'shop', keys: [{ key: RIGHT }] }]) },
    });
    const sealed = JSON.stringify({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: 'shop-secrets' },
      spec: { encryptedData: { [WRONG]: 'AgB…' } },
    });
    expect(shopFaults((shop) => shop.add(list).add(sealed))).toEqual([words('the SealedSecret shop-secrets')]);
  });

  it.each([
    ['a SealedSecret with a template', 'SealedSecret', { encryptedData: {}, template: { data: { [RIGHT]: '…' } } }],
    [
      'a SealedSecret whose template has another name, which the controller ignores',
      'SealedSecret',
      { encryptedData: { [RIGHT]: 'AgB…' }, template: { metadata: { name: 'other' } } },
    ],
    [
      'a SealedSecret that patches another Secret',
      'SealedSecret',
      {
        encryptedData: { [WRONG]: 'AgB…' },
        template: { metadata: { annotations: { 'sealedsecrets.bitnami.com/patch': 'true' } } },
      },
    ],
    ['everything of a place in the vault', 'ExternalSecret', { dataFrom: [{ extract: { key: 'shop' } }] }],
    ['a template', 'ExternalSecret', { data: data(WRONG), target: { template: { data: { [RIGHT]: '…' } } } }],
    [
      'a template that merges',
      'ExternalSecret',
      { data: data(RIGHT), target: { template: { mergePolicy: 'Merge', data: { url: '…' } } } },
    ],
    [
      'a template in a ConfigMap',
      'ExternalSecret',
      { data: data(WRONG), target: { template: { templateFrom: [{ configMap: { name: 'x' } }] } } },
    ],
    ['an ExternalSecret that merges', 'ExternalSecret', { data: data(WRONG), target: { creationPolicy: 'Merge' } }],
  ])('let pass %s', (_what, kind, spec) => {
    expect(faultsWith(kind, spec)).toEqual([]);
  });

  it('report a key that a template removes', () => {
    const encryptedData = { [RIGHT]: 'AgB…', [WRONG]: 'AgB…' };
    expect(faultsWith('SealedSecret', { encryptedData, template: { data: { [RIGHT]: null } } })).toEqual([
      words('the SealedSecret shop-secrets'),
    ]);
  });

  it('report a key that a template replaced', () => {
    const template = { data: { [WRONG]: '{{ .password }}' } };
    expect(faultsWith('ExternalSecret', { data: data(RIGHT), target: { template } })).toEqual([
      words('the ExternalSecret shop-secrets'),
    ]);
  });
});
