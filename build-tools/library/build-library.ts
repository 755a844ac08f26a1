/**
 * `npm run build`: the published library in build/lib, two entries, each as .mjs/.cjs with .d.mts/.d.cts, and its command
 * line in build/cli, one file.
 * Bundled, because an `imports` map does not survive under the nested package.json that a second format would need.
 */
import { build, type Metafile } from 'esbuild';
import { chmod, rm, writeFile, readFile } from 'node:fs/promises';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { bundledLicenses } from './bundled-licenses.ts';

const OUT = 'build/lib';
const COMMAND_LINE = 'build/cli/cdk8s-nats.mjs';
/** Beside each bundle: the licences of what it holds. */
const LICENSES = 'BUNDLED-LICENSES.txt';
const ENTRIES = ['index', 'declare'] as const;
/** Peers of the library; everything else that it uses is bundled into it. */
const EXTERNAL = ['cdk8s', 'cdk8s-plus-27', 'constructs'];

await rm(OUT, { recursive: true, force: true });
await rm('build/cli', { recursive: true, force: true });
const [library, commandLine] = await Promise.all([
  bundleCode('esm', '.mjs'),
  bundleCommandLine(),
  bundleCode('cjs', '.cjs'),
  bundleTypes(),
]);
await writeFile(`${OUT}/${LICENSES}`, bundledLicenses(library));
await writeFile(`build/cli/${LICENSES}`, bundledLicenses(commandLine));
process.stderr.write(`library built in ${OUT}, command line in ${COMMAND_LINE}\n`);

async function bundleCode(format: 'esm' | 'cjs', extension: string): Promise<Metafile> {
  const { metafile } = await build({
    metafile: true,
    entryPoints: ENTRIES.map((entry) => `src/${entry}.ts`),
    outdir: OUT,
    outExtension: { '.js': extension },
    bundle: true,
    format,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'node20',
    splitting: format === 'esm',
    chunkNames: 'chunk-[hash]',
    external: [...EXTERNAL, 'node:*'],
    logLevel: 'warning',
  });
  return metafile;
}

/** One file that needs nothing beside it. Code of CommonJS in it asks for `require`. */
async function bundleCommandLine(): Promise<Metafile> {
  const { metafile } = await build({
    metafile: true,
    entryPoints: ['src/cli/main.ts'],
    outfile: COMMAND_LINE,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await chmod(COMMAND_LINE, 0o755);
  return metafile;
}

async function bundleTypes(): Promise<void> {
  for (const entry of ENTRIES) {
    const bundle = await rollup({
      input: `src/${entry}.ts`,
      external: EXTERNAL,
      plugins: [dts({ tsconfig: 'tsconfig.json', includeExternal: ['@standard-schema/spec'] })],
      onwarn: (warning) => {
        if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(`types of ${entry}: ${warning.message}`);
      },
    });
    await bundle.write({ file: `${OUT}/${entry}.d.mts`, format: 'es' });
    await bundle.close();
    await writeFile(`${OUT}/${entry}.d.cts`, await readFile(`${OUT}/${entry}.d.mts`, 'utf8'));
  }
}
