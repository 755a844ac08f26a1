import { mediaRemarks, rendition } from '#contracts';
import * as z from 'zod';

/** What a finished revision holds; lies beside its files, so that an attempt that was killed before the commit is not lost. */
export const revisionContent = z.object({
  durationSeconds: z.number(),
  width: z.int(),
  height: z.int(),
  hasAudio: z.boolean(),
  hasPoster: z.boolean(),
  contentType: z.string(),
  /** Remarks for the owner on how it differs from the file; one sentence each. */
  remarks: mediaRemarks.default([]),
  renditions: z.array(rendition).min(1),
  storedBytes: z.int(),
});
/** What a finished revision holds. */
export type RevisionContent = z.infer<typeof revisionContent>;
