/** Where a page of a list goes on, as its cursor holds it: the sort keys of the last video shown. */
import { cursorInstant as instant, videoId, type VideoCard } from '#contracts';
import { z } from 'zod';

/** Least and most of PostgreSQL's `real`, which a rank is; zero besides. */
const REAL = { min: 1.2e-38, max: 3.4e38 };
const rank = z
  .number()
  .max(REAL.max)
  .refine((value) => value === 0 || value >= REAL.min);

/** The last video shown of a list by age. */
export const agePlace = z.object({ sort: z.literal('newest'), at: instant, id: videoId });
/** The last video shown of a list by views. */
export const viewsPlace = z.object({ sort: z.literal('views'), views: z.int().min(0), id: videoId });
/** The last video shown of a list by relevance. */
export const relevancePlace = z.object({ sort: z.literal('relevance'), rank, at: instant, id: videoId });
/** The last comment shown. */
export const commentPlace = z.object({ at: instant, id: z.uuid() });

/** The last video shown of a list by age. */
export type AgePlace = z.infer<typeof agePlace>;
/** The last video shown of a list by views. */
export type ViewsPlace = z.infer<typeof viewsPlace>;
/** The last video shown of a list by relevance. */
export type RelevancePlace = z.infer<typeof relevancePlace>;

/** What a caller asks of a list. */
export interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A page of videos in a grid. */
export interface CardPage {
  readonly items: VideoCard[];
  readonly nextCursor: string | null;
}
