import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Buffer } from 'node:buffer';
import { HttpError } from './problem.ts';

/** An opaque cursor that holds where the next page starts. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** What a cursor holds, checked; undefined for the first page. Throws `invalid` for one that nobody was given. */
export function decodeCursor<Place>(
  schema: StandardSchemaV1<unknown, Place>,
  cursor: string | undefined,
): Place | undefined {
  if (cursor === undefined) return undefined;
  const read = schema['~standard'].validate(json(cursor));
  if (read instanceof Promise) throw new Error('the schema of a cursor must validate synchronously');
  if (read.issues === undefined) return read.value;
  throw new HttpError('invalid', { errors: [{ pointer: '?cursor', detail: 'must be the nextCursor of a page' }] });
}

/**
 * A page from rows that were asked for with a limit one higher: what is beyond tells that there is a next page, which
 * starts after the last row shown.
 */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  placeOf: (row: Row) => unknown,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(itemOf), nextCursor: more ? encodeCursor(placeOf(last)) : null };
}

function json(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
