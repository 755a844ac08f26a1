/**
 * Bundles what `npm run synth` runs. Plain JavaScript, so that no loader stands before the bundler. `build/synth.js` keeps
 * the compiled code of its bundle between runs where Node can (22.1 and newer), and runs it without the optimizing
 * compiler: a platform of this size is done before optimized code would pay for its making.
 */
import { mkdirSync, writeFileSync } from 'node:fs';

const LOADER = `// made by deploy/synth/bundle.js
import * as nodeModule from 'node:module';
import { setFlagsFromString } from 'node:v8';
setFlagsFromString('--no-opt');
nodeModule.enableCompileCache?.(import.meta.dirname + '/synth/compiled');
nodeModule.createRequire(import.meta.url)('./synth/main.cjs');
`;

/**
 * What cdk8s loads and few syntheses call, by the functions that are called: it is loaded when one is. YAML's library
 * writes the rare documents that `src/synth/yaml-document.ts` leaves to it; a child process renders charts of helm.
 */
const LOADED_LATE = {
  yaml: ['parse', 'parseAllDocuments', 'stringify'],
  child_process: ['execFileSync', 'spawnSync'],
  crypto: ['createHash'],
  os: ['tmpdir'],
};

const COMMON = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  outExtension: { '.js': '.cjs' },
  outdir: 'build/synth',
  logLevel: 'warning',
};

const HELM = 'deploy/helm/write-chart.ts';

/** The synthesis: `build/synth.js` and its bundle. */
export function synthesisBundle() {
  mkdirSync('build/synth', { recursive: true });
  writeFileSync('build/synth.js', LOADER);
  return {
    ...COMMON,
    entryPoints: { main: 'deploy/synth/main.ts', helm: HELM, zod: 'zod' },
    plugins: [loadedLate, deferredSchemas, helmApart],
  };
}

/** What runs beside it: the picture of the platform, and the list of changes of `--watch`. */
export function companionBundle() {
  return {
    ...COMMON,
    entryPoints: { picture: 'deploy/draw-picture.ts', changes: 'deploy/synth/changes.ts' },
  };
}

/** Helm's format as a bundle of its own: with an import on demand in it, a bundle keeps each module as a function to call. */
const helmApart = {
  name: 'helm-apart',
  setup(build) {
    build.onResolve({ filter: /\/helm\/write-chart\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './helm.cjs', external: true } : undefined,
    );
  },
};

/**
 * Synthesis reads the subjects of messages, never their payloads, so the schemas that the contracts make are only noted:
 * each use of zod is a function that carries the use out, with zod, when something is to be checked.
 */
export const deferredSchemas = {
  name: 'deferred-schemas',
  setup(build) {
    build.onResolve({ filter: /^zod$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: 'zod', namespace: 'deferred' },
    );
    build.onLoad({ filter: /./, namespace: 'deferred' }, async () => {
      const names = Object.keys(await import('zod')).filter((name) => name !== 'default');
      return {
        contents: `
          const CHECKS = new Set(['~standard', '_zod', 'parse', 'parseAsync', 'safeParse', 'safeParseAsync']);
          const deferred = (use) => new Proxy(use, {
            get: (_, name) => (CHECKS.has(name) ? use()[name] : deferred(() => use()[name])),
            apply: (_, self, given) => deferred(() => use()(...given)),
          });
          ${names.map((name, at) => `const it${at} = deferred(() => require('./zod.cjs').${name});`).join('\n')}
          export { ${names.map((name, at) => `it${at} as ${name}`).join(', ')} };`,
        loader: 'js',
      };
    });
    build.onResolve({ filter: /^\.\/zod\.cjs$/ }, ({ path, namespace }) =>
      namespace === 'deferred' ? { path, external: true } : undefined,
    );
  },
};

const loadedLate = {
  name: 'loaded-late',
  setup(build) {
    for (const [name, functions] of Object.entries(LOADED_LATE)) {
      const namespace = `loaded-late-${name}`;
      build.onResolve({ filter: new RegExp(`^(node:)?${name}$`) }, ({ pluginData, resolveDir }) =>
        pluginData === 'itself' ? undefined : { path: resolveDir, namespace },
      );
      build.onLoad({ filter: /./, namespace }, ({ path }) => ({
        contents: functions.map((it) => `exports.${it} = (...given) => require('${name}').${it}(...given);`).join('\n'),
        resolveDir: path,
        pluginData: 'itself',
      }));
    }
  },
};
