import fc from 'fast-check';
import { expect, it } from 'vitest';
import { configHash } from '../../src/constructs/object/config-hash.ts';

const data = fc.dictionary(fc.string(), fc.string({ maxLength: 200 }), { minKeys: 1 });

it('is sixteen hexadecimal digits, whatever the order of the keys', () => {
  fc.assert(
    fc.property(data, (files) => {
      const turned = Object.fromEntries(Object.entries(files).reverse());
      expect(configHash(files)).toMatch(/^[0-9a-f]{16}$/);
      expect(configHash(turned)).toBe(configHash(files));
    }),
  );
});

it('changes with one character, and tells a key from its value', () => {
  fc.assert(
    fc.property(data, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (files, at, put) => {
      const [key = '', value = ''] = Object.entries(files)[at % Object.keys(files).length] ?? [];
      const changed = {
        ...files,
        [key]: `${value.slice(0, at % (value.length + 1))}${put}${value.slice(at % (value.length + 1))}`,
      };
      expect(configHash(changed)).not.toBe(configHash(files));
    }),
  );
  expect(configHash({ a: 'b' })).not.toBe(configHash({ b: 'a' }));
  expect(configHash({ a: '', b: '' })).not.toBe(configHash({ a: '","b' }));
});

it('has no two alike among a hundred thousand configurations that differ in a number', () => {
  const hashes = new Set<string>();
  for (let port = 0; port < 100_000; port += 1) hashes.add(configHash({ 'nats.conf': `port: ${port}\n`, other: 'x' }));
  expect(hashes.size).toBe(100_000);
});
