/**
 * `npm run images -- [--from <folder>] [<image>=<reference> ...]`: writes the references of images that were built, and
 * of no other, to the file that synth reads. Without arguments it shows what is deployed.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  changedReferences,
  readReferences,
  REFERENCES_FILE,
  referencesInFolder,
  referencesInWords,
  withBuilt,
} from './image-references.ts';

const { values, positionals } = parseArgs({ options: { from: { type: 'string' } }, allowPositionals: true });
const current = readReferences();
try {
  const built = {
    ...(values.from === undefined ? {} : referencesInFolder(values.from)),
    ...referencesInWords(positionals),
  };
  const after = withBuilt(current, built);
  const changed = changedReferences(current, after);
  if (changed.length > 0) writeFileSync(REFERENCES_FILE, `${JSON.stringify(after, undefined, 2)}\n`);
  const shown = Object.keys(built).length === 0 ? Object.keys(current) : changed;
  const lines = shown.map((image) => `${image} ${after[image] ?? ''}\n`);
  process.stdout.write(lines.length > 0 ? lines.join('') : 'every reference is unchanged\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
