/** `npm run synth [-- options]`: bundles, synthesizes, draws the picture; with `--watch` again after each change. */
import { build, context } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { companionBundle, synthesisBundle } from './bundle.js';

const options = process.argv.slice(2).filter((option) => option !== '--watch');
const isWatching = options.length < process.argv.length - 2;

await build(companionBundle());
if (isWatching) {
  await watch();
} else {
  await build(synthesisBundle());
  process.exitCode = run('build/synth.js', ...options) || run('build/synth/picture.cjs');
}

/** Synthesizes after each change and tells what it changed, until the process is ended. */
async function watch() {
  const { manifestTexts, changesOf } = createRequire(import.meta.url)('../../build/synth/changes.cjs');
  const report = {
    name: 'report',
    setup(bundling) {
      let began = 0;
      bundling.onStart(() => {
        began = performance.now();
      });
      bundling.onEnd(async ({ errors }) => {
        if (errors.length > 0) return;
        const before = manifestTexts('dist');
        if (run('build/synth.js', ...options) !== 0) return;
        process.stdout.write(await changesOf(before, manifestTexts('dist')));
        process.stdout.write(`${Math.round(performance.now() - began)} ms, waiting for changes\n`);
      });
    },
  };
  const bundle = synthesisBundle();
  const bundling = await context({ ...bundle, plugins: [...bundle.plugins, report] });
  await bundling.watch();
}

function run(...words) {
  return spawnSync(process.execPath, words, { stdio: 'inherit' }).status ?? 1;
}
