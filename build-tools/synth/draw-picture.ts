/** Follows `npm run synth`: writes the picture of the platform, drawn from the catalog, to docs/picture. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { topology } from '#catalog';
import { mermaidOf, pictureOf, svgOf } from '#picture';

const picture = pictureOf({ title: 'Video platform', services: topology.services, streams: topology.streams });

mkdirSync('docs/picture', { recursive: true });
writeFileSync('docs/picture/platform.svg', svgOf(picture));
writeFileSync('docs/picture/platform.mmd', mermaidOf(picture));
