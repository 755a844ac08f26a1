/** The pages of docs/guide show programs of this folder, which its tests run. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';

const BLOCK = /^```ts title=(\S+)\n([\s\S]*?)^```$/gm;
const pages = readdirSync('docs/runtime').filter((file) => file.endsWith('.md'));

describe.each(pages)('docs/runtime/%s', (page) => {
  const folder = `test/runtime/guide/${basename(page, '.md')}`;
  const blocks = [...readFileSync(`docs/runtime/${page}`, 'utf8').matchAll(BLOCK)];

  it('shows every program of its folder', () => {
    expect(blocks.map(([, file]) => file).sort()).toEqual(readdirSync(folder).sort());
  });

  it.each(blocks.map(([, file = '', text = '']) => ({ file, text })))('shows $file as it is run', ({ file, text }) => {
    expect(text).toBe(readFileSync(`${folder}/${file}`, 'utf8'));
  });
});
