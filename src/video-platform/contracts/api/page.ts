import * as z from 'zod';

/** Entries of a page when the client does not say. */
export const PAGE_LIMIT_DEFAULT = 24;
/** Most entries of a page. */
export const PAGE_LIMIT_MAX = 100;

/** Fields of the query of every list. */
export const pageFields = {
  /** `nextCursor` of the page before; absent for the first page. Opaque. */
  cursor: z.string().min(1).max(500).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
};

/** A point in time in a cursor, within the years that every store can hold. */
export const cursorInstant = z.iso.datetime().refine((text) => Date.parse(text) >= 0, 'must be a time since 1970');

/** Query of a list that has nothing but pages. */
export const pageQuery = z.object(pageFields);

/** A page of a list: its entries, and where the next one starts. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Ids separated by commas, at most as many as a page holds. */
export function idListOf(id: z.ZodType<string, string>) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(id).min(1).max(PAGE_LIMIT_MAX));
}

/** A whole list that is short enough to need no pages. */
export function listOf<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item) });
}
