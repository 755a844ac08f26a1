import type { Picture, PictureBand } from './model.ts';

/** Draws a picture as a Mermaid flowchart: services in the middle, a box a stream, an arrow for each direction with its subjects counted. */
export function mermaidOf(picture: Picture): string {
  const routed = picture.columns.filter(({ route }) => route !== '');
  return [
    'flowchart LR',
    ...(routed.length > 0 ? ['  edge((edge))'] : []),
    ...picture.columns.map(({ name }) => `  ${id(name)}[${quoted(name)}]`),
    ...routed.map(({ name, route }) => `  edge -->|${quoted(route)}| ${id(name)}`),
    ...picture.bands.flatMap((band) => bandLines(band, picture)),
    '',
  ].join('\n');
}

function bandLines(band: PictureBand, picture: Picture): readonly string[] {
  if (band.rows.some((row) => Object.values(row.roles).some((roles) => roles.includes('uses'))))
    return storeLines(band, picture);
  const box = id(band.title);
  const subjects = band.rows.map((row) => row.label).join('<br>');
  const lines = picture.columns.flatMap(({ name }) => {
    const published = band.rows.filter((row) => row.roles[name]?.includes('publishes') === true).length;
    const consumed = band.rows.filter((row) => row.roles[name]?.includes('consumes') === true).length;
    return [
      ...(published > 0 ? [`  ${id(name)} -->|${String(published)}| ${box}`] : []),
      ...(consumed > 0 ? [`  ${box} -.->|${String(consumed)}| ${id(name)}`] : []),
    ];
  });
  return [`  ${box}[/${quoted(`${band.title}<br>${subjects}`)}/]`, ...lines];
}

function storeLines(band: PictureBand, picture: Picture): readonly string[] {
  return band.rows.flatMap((row) => [
    `  ${id(row.label)}[(${quoted(row.label)})]`,
    ...picture.columns.flatMap(({ name }) => {
      const roles = row.roles[name] ?? [];
      if (roles.includes('uses')) return [`  ${id(name)} --- ${id(row.label)}`];
      return roles.includes('reads') ? [`  ${id(row.label)} -.-> ${id(name)}`] : [];
    }),
  ]);
}

function id(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '_');
}

function quoted(label: string): string {
  return `"${label.replaceAll('"', '#quot;').replaceAll('{', '#123;').replaceAll('}', '#125;')}"`;
}
