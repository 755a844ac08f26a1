import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { topology } from '#catalog';
import { mermaidOf, pictureOf, svgOf } from '#picture';

const picture = pictureOf({ title: 'Video platform', services: topology.services, streams: topology.streams });

describe('the committed picture', () => {
  it.each([
    ['platform.svg', svgOf],
    ['platform.mmd', mermaidOf],
  ])('docs/picture/%s is what the declarations give; npm run synth writes it', (file, draw) => {
    expect(readFileSync(`docs/picture/${file}`, 'utf8')).toBe(draw(picture));
  });
});
