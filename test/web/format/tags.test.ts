import { expect, test } from 'vitest';
import { tagsOf, tagsText } from '../../../web/src/format/tags.ts';

test('takes tags as people type them', () => {
  expect(tagsOf(' Street Food, #Osaka,, osaka ,snow_storm')).toEqual(['street-food', 'osaka', 'snow-storm']);
  expect(tagsOf(' , ')).toEqual([]);
});

test('gives back what can be typed on', () => expect(tagsOf(tagsText(['a', 'b-c']))).toEqual(['a', 'b-c']));
