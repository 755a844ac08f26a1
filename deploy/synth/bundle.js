/** Bundles what `npm run synth` runs. Plain JavaScript, so that no loader stands before the bundler. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { keptCompiled } from './kept-compiled.js';

/**
 * What cdk8s loads and few syntheses call, by the functions that are called: it is loaded when one is. YAML's library
 * writes the rare documents that `src/synth/yaml-document.ts` leaves to it, from a file of its own; a child process renders
 * charts of helm.
 */
const LOADED_LATE = {
  yaml: { from: './yaml.cjs', functions: ['parse', 'parseAllDocuments', 'stringify'] },
  child_process: { from: 'node:child_process', functions: ['execFileSync', 'spawnSync'] },
  crypto: { from: 'node:crypto', functions: ['createHash'] },
  os: { from: 'node:os', functions: ['tmpdir'] },
};
/** YAML's library as cdk8s has it. */
const YAML = createRequire(createRequire(import.meta.url).resolve('cdk8s')).resolve('yaml');

const COMMON = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // an import on demand becomes a require on demand: a script run by node:vm has no other
  supported: { 'dynamic-import': false },
  minifySyntax: true,
  minifyWhitespace: true,
  outExtension: { '.js': '.cjs' },
  outdir: 'build/synth',
  logLevel: 'warning',
};

/** The synthesis: `build/synth.js` and its bundle. */
export function synthesisBundle() {
  // a platform of this size is done before optimized code would pay for its making
  const bundle = appBundle('deploy/synth/main.ts', 'build/synth', [
    '--no-opt',
    '--no-regexp-tier-up',
    '--no-parallel-scavenge',
  ]);
  return {
    ...bundle,
    entryPoints: { ...bundle.entryPoints, helm: 'deploy/helm/write-chart.ts' },
    plugins: [...bundle.plugins, helmApart],
  };
}

/** An app and what it needs as files of a folder, and beside the folder the program that runs it with these flags of V8. */
export function appBundle(entry, folder, flags = []) {
  mkdirSync('build', { recursive: true });
  // Node starts a script of CommonJS sooner than a module
  writeFileSync('build/package.json', '{ "type": "commonjs" }\n');
  return {
    ...COMMON,
    entryPoints: { main: entry, zod: 'zod', yaml: YAML },
    outdir: folder,
    plugins: [loadedLate, deferredSchemas, keptCompiled('main', flags)],
  };
}

/** What runs beside it: the picture of the platform, and the list of changes of `--watch`. */
export function companionBundle() {
  return {
    ...COMMON,
    entryPoints: { picture: 'build-tools/draw-picture.ts', changes: 'deploy/synth/changes.ts' },
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

/** What few syntheses call is loaded when it is called. */
const loadedLate = {
  name: 'loaded-late',
  setup(build) {
    for (const [name, { from, functions }] of Object.entries(LOADED_LATE)) {
      const namespace = `loaded-late-${name}`;
      build.onResolve({ filter: new RegExp(`^(node:)?${name}$`) }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: name, namespace },
      );
      build.onResolve({ filter: /./, namespace }, () => ({ path: from, external: true }));
      build.onLoad({ filter: /./, namespace }, () => ({
        contents: functions.map((it) => `exports.${it} = (...given) => require('${from}').${it}(...given);`).join('\n'),
      }));
    }
  },
};
