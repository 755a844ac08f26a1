export { dotOf } from './dot.ts';
export { mermaidOf } from './mermaid.ts';
export { pictureOf } from './model.ts';
export type { Picture, PictureBand, PictureColumn, PictureRow, PictureSource, Role } from './model.ts';
export { svgOf } from './svg.ts';
export { DARK, escapeXml, FONTS, LIGHT, svgHead, svgLine, svgText } from './svg-parts.ts';
