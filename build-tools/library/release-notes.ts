/** `release-notes.ts v1.2.3`: prints the changelog's section of a version; fails unless package.json says the same version. */
import { readFileSync } from 'node:fs';
import { releaseNotes } from './release-section.ts';

const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
process.stdout.write(releaseNotes({ tag, version, changelog: readFileSync('CHANGELOG.md', 'utf8') }));
