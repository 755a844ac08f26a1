/**
 * `npm run build`: the published library in build/lib, five entries, each as .mjs/.cjs with .d.mts/.d.cts, and its command
 * line in build/cli. With `--if-changed`, nothing is built where the last build was made from the same sources.
 * Bundled, because an `imports` map does not survive under the nested package.json that a second format would need.
 */
import { build, type Metafile } from 'esbuild';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { bundledLicenses } from './bundled-licenses.ts';
import { bundleCommandLine } from './command-line-bundle.ts';
import { sourceHash } from './source-hash.ts';

const OUT = 'build/lib';
const COMMAND_LINE = 'build/cli';
/** Beside each bundle: the licences of what it holds. */
const LICENSES = 'BUNDLED-LICENSES.txt';
const ENTRIES = ['index', 'declare', 'runtime', 'client', 'testing'] as const;
const { peerDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
  readonly peerDependencies: Readonly<Record<string, string>>;
};
/** Peers of the library; everything else that it uses is bundled into it. */
const EXTERNAL = Object.keys(peerDependencies);

/** Written last, so that a build which was interrupted counts as none. */
const MADE_FROM = 'build/library-made-from.txt';

const sources = await sourceHash();
const isBuilt = [OUT, COMMAND_LINE].every((folder) => existsSync(folder));
if (process.argv.includes('--if-changed') && isBuilt && (await madeFrom()) === sources) {
  process.stderr.write('the library is built from these sources already\n');
} else {
  await buildAll();
  await writeFile(MADE_FROM, sources);
  process.stderr.write(`library built in ${OUT}, command line in ${COMMAND_LINE}\n`);
}

async function madeFrom(): Promise<string | undefined> {
  return existsSync(MADE_FROM) ? await readFile(MADE_FROM, 'utf8') : undefined;
}

async function buildAll(): Promise<void> {
  for (const made of [MADE_FROM, OUT, COMMAND_LINE]) await rm(made, { recursive: true, force: true });
  const [library, commandLine] = await Promise.all([bundleCode(), bundleCommandLine(COMMAND_LINE), bundleTypes()]);
  await convertToCommonJs();
  await writeFile(`${OUT}/${LICENSES}`, bundledLicenses(library));
  await writeFile(`${COMMAND_LINE}/${LICENSES}`, bundledLicenses(commandLine));
}

/** The entries as ECMAScript modules; what they share is in chunks, so a class is one class whichever entry it comes from. */
async function bundleCode(): Promise<Metafile> {
  const { metafile } = await build({
    metafile: true,
    entryPoints: ENTRIES.map((entry) => `src/${entry}.ts`),
    outdir: OUT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'node20',
    splitting: true,
    chunkNames: 'chunk-[hash]',
    external: [...EXTERNAL, 'node:*'],
    logLevel: 'warning',
  });
  return metafile;
}

/** The same files as CommonJS. esbuild splits only modules, so each is converted by itself and keeps its chunks. */
async function convertToCommonJs(): Promise<void> {
  const modules = (await readdir(OUT)).filter((file) => file.endsWith('.mjs'));
  await build({
    entryPoints: modules.map((file) => `${OUT}/${file}`),
    outdir: OUT,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    plugins: [
      {
        name: 'neighbours',
        setup: ({ onResolve }) => {
          onResolve({ filter: /.*/ }, ({ path, kind }) => {
            if (kind === 'entry-point') return undefined;
            return { path: path.startsWith('./') ? path.replace(/\.mjs$/, '.cjs') : path, external: true };
          });
        },
      },
    ],
    logLevel: 'warning',
  });
}

async function bundleTypes(): Promise<void> {
  for (const entry of ENTRIES) {
    const bundle = await rollup({
      input: `src/${entry}.ts`,
      external: [...EXTERNAL, ...Object.keys(neighboursOf(entry))],
      plugins: [dts({ tsconfig: 'tsconfig.json', includeExternal: ['@standard-schema/spec'] })],
      onwarn: (warning) => {
        if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(`types of ${entry}: ${warning.message}`);
      },
    });
    const paths = neighboursOf(entry);
    await bundle.write({ file: `${OUT}/${entry}.d.mts`, format: 'es', paths });
    await bundle.close();
    const types = await readFile(`${OUT}/${entry}.d.mts`, 'utf8');
    await writeFile(`${OUT}/${entry}.d.cts`, types.replace(/(from '\.\/\w+)\.mjs'/g, "$1.cjs'"));
  }
}

/** Entries whose types another one imports rather than repeats: a class is one type only in one place. */
function neighboursOf(entry: (typeof ENTRIES)[number]): Readonly<Record<string, string>> {
  return entry === 'testing' ? { '#runtime': './runtime.mjs', '#declare': './declare.mjs' } : {};
}
