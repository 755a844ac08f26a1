/**
 * `npm run synth`: the command line of these sources, bundled again only when one of them changed; then the picture, drawn
 * again only when a source of it or the picture itself changed. JavaScript, so that nothing is compiled on the way there.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const KEPT = join(process.cwd(), 'node_modules', '.cache', 'cdk8s-nats', 'npm-run-synth');
const PROGRAM = join(KEPT, 'cdk8s-nats.mjs');
/** What everything here depends on: the versions of packages, how imports are resolved, and this file. */
const ALWAYS = ['package.json', 'package-lock.json', 'tsconfig.json', 'build-tools/synth/synth.js'];
const PICTURE = ['docs/picture/platform.svg', 'docs/picture/platform.mmd'];

const words = process.argv.slice(2);
await keep('command-line', [PROGRAM], bundleProgram);
process.argv = [process.execPath, PROGRAM, 'synth', ...words];
await import(pathToFileURL(PROGRAM).href);
if (!process.exitCode && !words.includes('--check')) await keep('picture', PICTURE, drawPicture);

/** Makes files unless they and all that they were made from are as they were; `make` gives the latter. */
async function keep(name, outputs, make) {
  const record = join(KEPT, `${name}.json`);
  if (isAsItWas(record)) return;
  const inputs = await make();
  const states = [...ALWAYS, ...inputs, ...outputs].map((path) => [path, stateOf(path)]);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify(Object.fromEntries(states)));
}

function isAsItWas(record) {
  let states;
  try {
    states = JSON.parse(readFileSync(record, 'utf8'));
  } catch {
    return false;
  }
  return Object.entries(states).every(([path, state]) => stateOf(path) === state);
}

function stateOf(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 'absent' : `${found.mtimeMs}:${found.size}`;
}

async function bundleProgram() {
  const { bundleCommandLine } = await typescript('../library/command-line-bundle.ts');
  const { inputs } = await bundleCommandLine(KEPT);
  return ['build-tools/library/command-line-bundle.ts', ...Object.keys(inputs)];
}

async function drawPicture() {
  const { build } = await import('esbuild');
  const entry = 'build-tools/synth/draw-picture.ts';
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
  await typescript('./draw-picture.ts');
  return Object.keys(metafile.inputs);
}

async function typescript(file) {
  const { tsImport } = await import('tsx/esm/api');
  return await tsImport(file, import.meta.url);
}
