/** What every drawing of ours is made of: its texts, lines and colours, light and dark as the reader has it. */

/** Colours of paper and text in a light page. */
export const LIGHT = '.paper { fill: #ffffff } .ink { fill: #1b1f24 } .quiet { fill: #5b6572 }';
/** Colours of paper and text in a dark page. */
export const DARK = '.paper { fill: #0f1318 } .ink { fill: #e6eaf0 } .quiet { fill: #98a4b3 }';
/** Fonts that every reader has. */
export const FONTS = `text { font: 12px ui-sans-serif, system-ui, sans-serif } .mono { font-family: ui-monospace, monospace; font-size: 11px }
  .name { font-weight: 600; font-size: 14px } .title { font-weight: 600; font-size: 20px }`;

/** The opening tags of a drawing: its size, what it is called, its styles, and the paper. */
export function svgHead(title: string, width: number, height: number, style: string): readonly string[] {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}" role="img" aria-label="${escapeXml(title)}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="paper" width="${String(width)}" height="${String(height)}"/>`,
  ];
}

/** A straight line with a class. */
export function svgLine(x1: number, y1: number, x2: number, y2: number, css: string): string {
  return `<line class="${css}" x1="${String(x1)}" y1="${String(y1)}" x2="${String(x2)}" y2="${String(y2)}"/>`;
}

/** A text with its classes, escaped. */
export function svgText(
  x: number,
  y: number,
  content: string,
  css: string,
  anchor: 'start' | 'middle' = 'start',
): string {
  const anchored = anchor === 'middle' ? ' text-anchor="middle"' : '';
  return `<text class="${css}" x="${String(x)}" y="${String(y)}"${anchored}>${escapeXml(content)}</text>`;
}

/** A text as XML 1.0 may hold it: escaped, and characters that it cannot hold replaced. */
export function escapeXml(content: string): string {
  return content
    .replace(NO_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** https://www.w3.org/TR/xml/#charsets */
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
