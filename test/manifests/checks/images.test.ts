import { describe, expect, it } from 'vitest';
import { faultsOf } from '#test-support/faults-of';

const pod = (image: string): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: main, ${image}}]}}`;
const DIGEST = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';

describe('an image reference', () => {
  it.each([
    'UPPER/x:1',
    'registry.example/Shop/cart:1',
    'registry.example/shop/cart:',
    'registry.example/shop//cart:1',
    'registry.example/-cart:1',
    'registry.example/cart@sha256:abc',
    'registry.example/cart@latest',
    'https://registry.example/cart:1',
    'registry.example/cart :1',
    `registry.example/cart:${'1'.repeat(129)}`,
  ])('%s is told', (image) => {
    expect(faultsOf(pod(`image: '${image}'`), ['image-reference'])).toEqual([
      'image-reference /spec/containers/0/image',
    ]);
  });

  it.each([
    'redis',
    'redis:7.4.6-alpine',
    'library/redis:7',
    'localhost/cart:1',
    'localhost:5000/shop/cart:1',
    'REGISTRY.example:5000/shop/my__cart-1.x:V1_2',
    `registry.example/cart:1@sha256:${DIGEST}`,
    '${REGISTRY}/cart:1',
    'us-docker.pkg.dev/PROJECT_ID/cart:1',
    'ko://example.dev/cmd/Cart',
  ])('%s is not told', (image) => {
    expect(faultsOf(pod(`image: '${image}'`), ['image-reference'])).toEqual([]);
  });

  it('that is missing is told', () => {
    expect(faultsOf(pod('command: [run]'), ['field-missing'])).toEqual(['field-missing /spec/containers/0']);
  });
});
