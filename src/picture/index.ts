export { mermaidOf } from './mermaid.ts';
export { pictureOf } from './model.ts';
export type { Picture, PictureBand, PictureColumn, PictureRow, PictureSource, Role } from './model.ts';
export { svgOf } from './svg.ts';
