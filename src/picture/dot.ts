import type { Picture } from './model.ts';

/** Draws a picture in the language of Graphviz: services, a note for each subject, an arrow for each that publishes and consumes. */
export function dotOf(picture: Picture): string {
  return [
    'digraph {',
    '  rankdir=LR',
    ...picture.columns.map(({ name }) => `  ${JSON.stringify(name)} [shape=box]`),
    ...picture.bands.flatMap((band, index) => [
      `  subgraph cluster_${String(index)} {`,
      `    label=${JSON.stringify(band.title)}`,
      ...band.rows.map(({ label }) => `    ${subject(label)} [label=${JSON.stringify(label)}, shape=note]`),
      '  }',
      ...band.rows.flatMap(({ label, roles }) =>
        Object.entries(roles).flatMap(([name, list]) =>
          list.map((role) =>
            role === 'consumes' || role === 'reads'
              ? `  ${subject(label)} -> ${JSON.stringify(name)} [style=dashed]`
              : `  ${JSON.stringify(name)} -> ${subject(label)}`,
          ),
        ),
      ),
    ]),
    '}',
    '',
  ].join('\n');
}

/** A subject may be called as a service is. */
function subject(label: string): string {
  return JSON.stringify(`subject ${label}`);
}
