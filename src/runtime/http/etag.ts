import { HttpError } from './problem.ts';

const ETAG = /^"v([1-9]\d{0,15})"$/;

/** The `ETag` of a version. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/** The version that an `If-Match` names. Throws `version_required` without one, `version_mismatch` for one we never gave. */
export function ifMatchVersion(header: string | undefined): number {
  if (header === undefined || header.trim() === '' || header.trim() === '*') throw new HttpError('version_required');
  const match = ETAG.exec(header.trim());
  if (!match) throw new HttpError('version_mismatch');
  return Number(match[1]);
}

/** Throws `version_mismatch` unless what is there has the version that the caller knows. */
export function assertVersion(known: number, present: number): void {
  if (known !== present) throw new HttpError('version_mismatch');
}
