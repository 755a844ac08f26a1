/** Keeps phrases out of the texts that people read which a reader has to read twice. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDERS = ['README.md', 'CONTRIBUTING.md', 'docs', 'src', 'services', 'web', 'examples'];
const READ_BY_PEOPLE = /\.(md|ts|vue)$/;

/** Phrases, and what to write instead. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/what was measured, what was missed/i, 'method, results, and targets we did not meet'],
  [/looks before it applies/i, 'runs a preflight'],
  [/what will not heal/i, 'errors that cannot recover'],
  [/every name that one uses of another/i, 'every reference resolves'],
  [/a file that is right already/i, 'unchanged files'],
  [/that bears it|that bears more than one/i, 'that supports it'],
  [/deliveries that are there at the same time/i, 'concurrent deliveries'],
  [/again is no fault/i, '(idempotent)'],
  [/which notifications one wants/i, 'get notification preferences'],
  [/a name of a variable is none/i, 'invalid variable name'],
  [/tell what comes of/i, 'show the effect of'],
  [/gives it when it was made now/i, 'returns the row only if this call inserted it'],
  [/parted by commas/i, 'separated by commas'],
  [/the peers make the same objects/i, 'we first verify that every peer renders the same objects'],
  [/that does nothing takes/i, 'starting … alone accounts for'],
  [/\bname of an? [a-z]+( or [a-z]+)? is none/i, 'invalid … name'],
  [/\bundefined when it is none/i, 'undefined if it is not a …'],
  [/\b(is|are) told of\b/i, 'is notified of, or the remarks for …'],
  [/\b(takes?|taking) (it|them|one|that|this) away/i, 'removes it'],
  [/\b(is|are|be|been) made anew/i, 'is recreated, replaced or rebuilt'],
  [/\bstays? as (it is|they are) written/i, 'is not expanded'],
  [/\bas (it|they) stands? in\b/i, 'in the …'],
  [/\bstands? (twice|further down)\b/i, 'occurs twice, is defined further down'],
  [/\bis not there (yet|any more)\b/i, 'does not exist yet, no longer exists'],
  [/\b(gives?|gave) [a-z]+ [a-z]+ up\b/i, 'gives up on a …'],
  [/\btries (again )?later\b/i, 'retries'],
  [/\bcomes? to be\b/i, 'is created'],
  [/\bone a (line|service|account|user|pod)\b/i, 'one per …'],
  [/\bfor ever\b/i, 'forever'],
  [/\bof no use any more\b/i, 'cannot continue'],
  [/\bwithout a word\b/i, 'silently'],
  [/\bmay be given again\b/i, 'repeatable'],
  [/\bof one's own\b/i, 'your own, its own'],
];

const files = execFileSync('git', ['ls-files', '-z', ...FOLDERS], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => READ_BY_PEOPLE.test(file));

/** The lines of a file that hold a phrase, line breaks within comments and paragraphs aside. */
function findings(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');
  return PHRASES.filter(([phrase]) => phrase.test(text)).map(
    ([phrase, instead]) => `${file}: ${String(phrase)} → ${instead}`,
  );
}

test('no text has a phrase that reads better in plain English', () => {
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap(findings)).toEqual([]);
});
