/** Leaves packages out of a bundle, each named by the file that the importing file would have loaded. */
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ImportKind, Plugin } from 'esbuild';

/** Set while this plugin asks esbuild itself. */
const ASKED = { asked: true };
const BARE = /^[^./]/;
const LOADED = 'commonjs-package';

/**
 * A plugin of esbuild. In a module of ES, packages of CommonJS are loaded by `require`: Node would read each of their
 * files once more to find its names.
 */
export function externalPackages(isModule: boolean): Plugin {
  return {
    name: 'external-packages',
    setup(build) {
      build.onResolve({ filter: BARE }, async ({ path, importer, resolveDir, kind, namespace, pluginData }) => {
        if (kind === 'entry-point' || pluginData === ASKED || namespace === LOADED) return undefined;
        if (path.startsWith('node:')) return { path, external: true };
        const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: ASKED });
        // what cannot be found is left to the app, which may expect that
        if (found.errors.length > 0) return { path, external: true };
        if (found.external || !found.path.includes('/node_modules/')) return found;
        const file = loadedFile(path, resolveDir, kind, found.path);
        if (isModule && kind === 'import-statement' && !isModuleFile(file)) return { path: file, namespace: LOADED };
        return { path: isModule && kind !== 'require-call' ? pathToFileURL(file).href : file, external: true };
      });
      build.onLoad({ filter: /./, namespace: LOADED }, ({ path }) => ({
        contents: `module.exports = __require_package(${JSON.stringify(path)});`,
      }));
      if (!isModule) return;
      const { initialOptions } = build;
      initialOptions.banner = {
        js: "import { createRequire as __create_require } from 'node:module'; const __require_package = __create_require(import.meta.url); const require = __require_package;",
      };
    },
  };
}

/** esbuild prefers a package's `module` field, which Node does not know. */
function loadedFile(path: string, resolveDir: string, kind: ImportKind, found: string): string {
  if (kind !== 'require-call' && isModuleFile(found)) return found;
  try {
    return createRequire(join(resolveDir, 'import.js')).resolve(path);
  } catch {
    return found;
  }
}

function isModuleFile(file: string): boolean {
  if (extname(file) !== '.js') return extname(file) === '.mjs';
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const description = join(folder, 'package.json');
    if (existsSync(description)) {
      return (JSON.parse(readFileSync(description, 'utf8')) as { type?: unknown }).type === 'module';
    }
  }
  return false;
}
