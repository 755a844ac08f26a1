/**
 * The program that runs a bundle, with V8's compiled code kept between runs. What Node keeps by itself is the code of the
 * first look at a file; kept here is what a whole run had compiled, function by function, so that the next compiles nothing.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * A plugin of esbuild: beside the folder of the bundle it writes a program of the folder's name, `build/synth.js` for
 * `build/synth/<entry>.cjs`. V8's flags are set in it, since they stand in no command.
 */
export function keptCompiled(entry, flags) {
  return {
    name: 'kept-compiled',
    setup(build) {
      build.onEnd(({ errors }) => {
        if (errors.length > 0) return;
        const folder = build.initialOptions.outdir;
        const bundle = readFileSync(join(folder, `${entry}.cjs`), 'utf8');
        // as a function, so that the loader need not copy it
        writeFileSync(
          join(folder, `${entry}.js`),
          `(function (require, module, exports, __filename, __dirname) {${bundle}\n})`,
        );
        const version = createHash('sha256').update(bundle).digest('hex').slice(0, 16);
        forgetOthers(join(folder, 'compiled'), version);
        writeFileSync(`${folder}.js`, program({ folder: basename(folder), entry, flags, version }));
      });
    },
  };
}

/** Code of bundles that are no more. */
function forgetOthers(folder, version) {
  if (!existsSync(folder)) return;
  const others = readdirSync(folder).filter((name) => !name.startsWith(version));
  for (const name of others) rmSync(join(folder, name));
}

/** V8 looks whether kept code fits its own version, its flags and the length of the source; the name says the rest. */
function program({ folder, entry, flags, version }) {
  return `// made by deploy/synth/kept-compiled.js
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

for (const flag of ${JSON.stringify(flags)}) setFlagsFromString(flag);
const folder = __dirname + '/${folder}';
const filename = folder + '/${entry}.js';
const keptIn = folder + '/compiled';
const kept = keptIn + '/${version}-' + process.version + '-' + process.arch;
const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData: compiled() });
if (script.cachedDataRejected !== false) process.once('exit', keep);
const main = { exports: {} };
script.runInThisContext()(createRequire(filename), main, main.exports, filename, folder);

function compiled() {
  try {
    return readFileSync(kept);
  } catch {
    return undefined;
  }
}

/** Whole or not at all; a folder that cannot be written to costs only time. */
function keep() {
  if (process.exitCode) return;
  try {
    mkdirSync(keptIn, { recursive: true });
    writeFileSync(kept + '.' + process.pid, script.createCachedData());
    renameSync(kept + '.' + process.pid, kept);
  } catch {}
}
`;
}
