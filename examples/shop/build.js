/** `npm run build [-- --watch]`: bundles each service into one file, build/<service>.mjs. */
import { context } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';

/** What bundled CommonJS packages need, and an ES module lacks. */
const REQUIRE = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = new URL(import.meta.url).pathname;',
  "const __dirname = new URL('.', import.meta.url).pathname;",
].join('\n');

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Clients of stores that this project does not use. The runtime loads each only for a declaration that has the store. */
const absentClients = {
  name: 'absent-clients',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(ioredis|kysely|nats|pg)$/ }, ({ path }) =>
      Object.hasOwn(dependencies, path) ? undefined : { path, namespace: 'absent' },
    );
    onLoad({ filter: /./, namespace: 'absent' }, ({ path }) => ({
      contents: `module.exports = {}; throw new Error('${path} is not installed: run npm install ${path}');`,
    }));
  },
};

const services = readdirSync('services', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const building = await context({
  entryPoints: services.map(({ name }) => ({ in: `services/${name}/main.ts`, out: name })),
  outdir: 'build',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  sourcemap: true,
  sourcesContent: false,
  external: ['pg-native'],
  plugins: [absentClients],
  banner: { js: REQUIRE },
  logLevel: 'warning',
});

if (process.argv.includes('--watch')) {
  await building.watch();
} else {
  // esbuild has printed why it failed
  await building.rebuild().catch(() => (process.exitCode = 1));
  await building.dispose();
}
