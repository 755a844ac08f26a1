import { describe, expect, it } from 'vitest';
import { shopFaults } from '#test-support/shop-manifests';

describe('manifestFaults', () => {
  it('finds nothing wrong with a right shop', () => {
    expect(shopFaults(() => undefined)).toEqual([]);
  });
});
