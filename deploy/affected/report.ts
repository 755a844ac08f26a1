/** The report of the affected images: for people, and as the matrix of a workflow. */
import type { AffectedImages } from './affected-images.ts';
import type { CommitRange } from './commit-range.ts';

/** Reasons that are shown of one image; the rest is counted. */
const SHOWN = 3;

/** One job of the matrix. */
export interface MatrixEntry {
  readonly image: string;
  readonly folder: string;
}

/** What a workflow reads. */
export interface AffectedReport {
  readonly base: string | null;
  readonly head: string;
  /** Whether there is anything to build. A matrix without entries is an error in GitHub Actions: ask this first. */
  readonly any: boolean;
  readonly matrix: { readonly include: readonly MatrixEntry[] };
  readonly reasons: Readonly<Record<string, readonly string[]>>;
}

/** The report for a workflow. */
export function affectedReport(
  range: CommitRange,
  affected: AffectedImages,
  folderOf: (image: string) => string,
): AffectedReport {
  const images = [...affected].filter(([, reasons]) => reasons.length > 0);
  return {
    base: range.base ?? null,
    head: range.head,
    any: images.length > 0,
    matrix: { include: images.map(([image]) => ({ image, folder: folderOf(image) })) },
    reasons: Object.fromEntries(
      images.map(([image, reasons]) => [image, reasons.map(({ file, why }) => (file ? `${file} ${why}` : why))]),
    ),
  };
}

/** The report for people. */
export function affectedText(range: CommitRange, { any, reasons }: AffectedReport): string {
  const since = range.base === undefined ? range.unknown : `since ${range.base.slice(0, 12)}`;
  if (!any) return `${since}: no image is affected\n`;
  const images = Object.entries(reasons).map(([image, lines]) => {
    const rest = lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : [];
    return [image, ...[...lines.slice(0, SHOWN), ...rest].map((line) => `    ${line}`)].join('\n');
  });
  return `${since}: ${images.length} affected\n${images.join('\n')}\n`;
}
