/** Where a page of a list goes on, as its cursor holds it: the sort keys of the last video shown. */
import { videoId, type VideoCard } from '#contracts';
import { z } from 'zod';

const instant = z.iso.datetime().refine((text) => Date.parse(text) >= 0, 'must be a time since 1970');

/** The last video shown of a list by age. */
export const agePlace = z.object({ sort: z.literal('newest'), at: instant, id: videoId });
/** The last video shown of a list by views. */
export const viewsPlace = z.object({ sort: z.literal('views'), views: z.int().min(0), id: videoId });
/** The last video shown of a list by relevance. */
export const relevancePlace = z.object({ sort: z.literal('relevance'), rank: z.number(), at: instant, id: videoId });
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
