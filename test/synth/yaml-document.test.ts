import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { yamlText } from '../../src/synth/yaml-document.ts';
import { yamlString, yamlValue } from './yaml-values.ts';

describe('yamlText', () => {
  it('writes any text as cdk8s does: as a value, as a key, in a list, deep down', () => {
    fc.assert(
      fc.property(yamlString, (text) => {
        const places = [
          { a: text },
          { [text]: 'a' },
          { a: [text, [text]] },
          { a: { b: { [text]: { c: text } } } },
          [text],
        ];
        expect(places.map((place) => yamlText([place]))).toEqual(places.map((place) => Yaml.stringify(place)));
      }),
      { numRuns: 2000 },
    );
  });

  it('writes any data as cdk8s does, null and undefined among it', () => {
    fc.assert(
      fc.property(fc.array(yamlValue, { maxLength: 3 }), (documents) => {
        expect(yamlText(documents)).toBe(Yaml.stringify(...documents));
      }),
      { numRuns: 600 },
    );
  });

  it('writes an object that stands in two places with an anchor, as cdk8s does', () => {
    const shared = { a: 1 };
    const document = { first: shared, second: [shared] };
    expect(yamlText([document])).toBe(Yaml.stringify(document));
    expect(yamlText([document])).toContain('&a1');
  });

  it('leaves what is no plain data to cdk8s', () => {
    const documents = [
      { at: new Date(0) },
      { map: new Map([['a', 1]]) },
      { set: new Set([1]) },
      { big: 1n },
      { nan: NaN },
    ];
    expect(yamlText(documents)).toBe(Yaml.stringify(...documents));
  });
});
