import { parseAllDocuments } from 'yaml';
import { manifestSet, type ManifestSet } from '#manifests';
import { difference, type Difference } from '../../../src/cli/diff/difference.ts';
import { textReport } from '../../../src/cli/diff/report.ts';

/** What comes of applying one text over another, as data that was written and read. */
export function differenceOf(before: string, after: string): Difference {
  return JSON.parse(JSON.stringify(difference(setOf(before), setOf(after)))) as Difference;
}

/** The same for a terminal. */
export function reportOf(before: string, after: string): string {
  return textReport(difference(setOf(before), setOf(after)));
}

function setOf(text: string): ManifestSet {
  const documents = parseAllDocuments(text, { merge: true });
  return manifestSet(documents.map((document) => ({ path: '', manifest: document.toJS() as unknown })));
}
