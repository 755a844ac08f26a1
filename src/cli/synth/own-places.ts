/** Keeps what `__dirname`, `__filename` and `import.meta` say of a file when it becomes part of a bundle. */
import { readFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Loader, Plugin } from 'esbuild';

const PLACES: Readonly<Record<string, (file: string) => string>> = {
  __dirname: dirname,
  __filename: (file) => file,
  'import.meta.url': (file) => pathToFileURL(file).href,
  'import.meta.dirname': dirname,
  'import.meta.filename': (file) => file,
};
const MENTIONED = /__dirname|__filename|import\.meta/;
const SOURCE = /\.[cm]?[jt]sx?$/;

/** A plugin of esbuild: each place becomes a constant of its file, unless the file declares that name itself. */
export function ownPlaces(): Plugin {
  return {
    name: 'own-places',
    setup(build) {
      const { initialOptions } = build;
      initialOptions.define = Object.fromEntries(Object.keys(PLACES).map((place) => [place, constantOf(place)]));
      build.onLoad({ filter: SOURCE, namespace: 'file' }, async ({ path }) => {
        if (path.includes('/node_modules/')) return undefined;
        const text = await readFile(path, 'utf8');
        if (!MENTIONED.test(text)) return undefined;
        const [hashbang = ''] = /^#!.*/.exec(text) ?? [];
        return { contents: `${declarations(path)}${text.slice(hashbang.length)}`, loader: loaderOf(path) };
      });
    },
  };
}

function constantOf(place: string): string {
  return `__own_${place.replaceAll(/\W+/g, '_')}`;
}

/** On the first line, so that no line of the file moves. */
function declarations(file: string): string {
  return Object.entries(PLACES)
    .map(([place, valueOf]) => `const ${constantOf(place)} = ${JSON.stringify(valueOf(file))};`)
    .join(' ');
}

function loaderOf(path: string): Loader {
  const extension = extname(path).replace(/^\.[cm]?/, '');
  return extension as Loader;
}
