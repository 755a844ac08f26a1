/**
 * Vite plugin: `virtual:contract-faces` is what the client needs of the contracts at run time (methods, paths, names of
 * live events) without their schemas, so that the first page carries no zod. It is read from the contracts themselves,
 * at build and again whenever one of them changes.
 */
import { fileURLToPath } from 'node:url';
import { runnerImport, type Plugin } from 'vite';
import type * as Contracts from '../src/video-platform/contracts/api/index.ts';

const NAME = 'virtual:contract-faces';
const RESOLVED = `\0${NAME}`;
const CONTRACTS = fileURLToPath(new URL('../src/video-platform/contracts/api/index.ts', import.meta.url));

/** The plugin. */
export function contractFaces(): Plugin {
  const read = new Set<string>();
  return {
    name: 'contract-faces',
    // for those who ask what the page is made from: a virtual module names no file
    api: { readFiles: read },
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) return undefined;
      const { module, dependencies } = await runnerImport<typeof Contracts>(CONTRACTS, {
        configFile: false,
        logLevel: 'error',
      });
      for (const file of [CONTRACTS, ...dependencies]) {
        read.add(file);
        this.addWatchFile(file);
      }
      return [
        `export const faces = ${JSON.stringify(facesOf(module))};`,
        `export const liveEventNames = ${JSON.stringify(Object.keys(module.LIVE_EVENTS))};`,
      ].join('\n');
    },
    hotUpdate({ file }) {
      const module = this.environment.moduleGraph.getModuleById(RESOLVED);
      return module && read.has(file) ? [module] : undefined;
    },
  };
}

function facesOf({ APIS }: typeof Contracts) {
  return Object.fromEntries(
    Object.entries(APIS).map(([name, api]) => [
      name,
      {
        service: api.service,
        routes: Object.fromEntries(Object.entries(api.routes).map(([id, { method, path }]) => [id, { method, path }])),
      },
    ]),
  );
}
