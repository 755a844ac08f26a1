/** What of the repository goes into the web's page, as Vite itself sees it. */
import { relative } from 'node:path';
import { build, type Plugin } from 'vite';

/** Files of the page, and the folder whose every file belongs to it. */
export interface WebGraph {
  readonly files: ReadonlySet<string>;
  /** Folder that is copied as it is. */
  readonly publicFolder: string;
}

const CONFIG = 'web/vite.config.ts';
/** Packages stay outside: the lock file speaks for them. */
const PACKAGE = /^(?!virtual:)[\w@]/;

/** Builds the page of the repository in `root` without writing it, and gives what was read for it. */
export async function webGraph(root: string): Promise<WebGraph> {
  const configFile = `${root}/${CONFIG}`;
  const read = new Set<string>([configFile]);
  let publicFolder = '';
  let plugins: readonly Plugin[] = [];
  const inside = (path: string): string => relative(root, path.split('?', 1)[0] ?? path);
  const recorder: Plugin = {
    name: 'record-inputs',
    configResolved(config) {
      config.configFileDependencies.forEach((file) => read.add(file));
      publicFolder = inside(config.publicDir);
      plugins = config.plugins;
    },
    buildEnd() {
      for (const id of this.getModuleIds()) read.add(id);
      for (const file of plugins.flatMap(filesReadBy)) read.add(file);
    },
  };
  await build({
    configFile,
    logLevel: 'silent',
    plugins: [recorder],
    build: { write: false, minify: false, rolldownOptions: { external: PACKAGE } },
  });
  const files = [...read].filter((id) => !id.startsWith('\0') && !id.startsWith('virtual:')).map(inside);
  return { files: new Set(files.filter((file) => !file.startsWith('..'))), publicFolder };
}

/** What a plugin of ours says that it read for a module that is no file. */
function filesReadBy({ api }: Plugin): readonly string[] {
  const { readFiles } = (api ?? {}) as { readonly readFiles?: Iterable<string> };
  return [...(readFiles ?? [])];
}
