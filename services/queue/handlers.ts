import { cursorInstant, type queueApi } from '#contracts';
import { decodeCursor, notFound, pageFrom } from '#runtime';
import type { HandlersOf } from '#services/platform';
import * as z from 'zod';
import { mayHandle } from './access.ts';
import { countDeadLetters, findDeadLetter, listDeadLetters } from './repository/dead-letters.ts';
import { countJobs, findJob, listJobs, type JobRow } from './repository/jobs.ts';
import type { Service } from './service.ts';
import { cancelJob } from './use-cases/cancel-job.ts';
import { redriveDeadLetter } from './use-cases/redrive-dead-letter.ts';
import { retryJob } from './use-cases/retry-job.ts';
import { deadLetterDetailView, deadLetterView } from './views/dead-letter.ts';
import { jobDetailView, jobView, listedJobView } from './views/job.ts';

const jobPlace = z.object({ createdAt: cursorInstant, jobId: z.uuid() });
const letterPlace = z.int().min(1);

/** One handler for each route of queue. */
export function handlers(service: Service): HandlersOf<typeof queueApi> {
  const { db } = service;
  return {
    async listMyJobs({ session, query: { cursor, limit, state, videoId } }) {
      const after = decodeCursor(jobPlace, cursor);
      const rows = await listJobs(db, { ownerId: session.userId, state, videoId, after, limit: limit + 1 });
      return pageFrom(rows, limit, jobView, placeOf);
    },
    async readJob({ session, params }) {
      const job = await findJob(db, params.jobId);
      if (job === undefined || !mayHandle(job, session)) throw notFound();
      return await jobDetailView(db, job);
    },
    cancelJob: async ({ session, params }) => await jobDetailView(db, await cancelJob(service, { ...params, session })),
    retryJob: async ({ session, params }) => await jobDetailView(db, await retryJob(service, { ...params, session })),
    async readDepth() {
      const { byState, oldestQueuedAt } = await countJobs(db);
      return {
        depth: byState.queued ?? 0,
        oldestSeconds:
          oldestQueuedAt === undefined ? null : Math.max(0, Math.round((Date.now() - oldestQueuedAt.getTime()) / 1000)),
        inFlight: byState.running ?? 0,
        deadJobs: byState.dead ?? 0,
        deadLetters: await countDeadLetters(db),
      };
    },
    async listJobs({ query: { cursor, limit, state, videoId, ownerId } }) {
      const after = decodeCursor(jobPlace, cursor);
      const rows = await listJobs(db, { ownerId, state, videoId, after, limit: limit + 1 });
      return pageFrom(rows, limit, listedJobView, placeOf);
    },
    async listDeadLetters({ query: { cursor, limit, service: name } }) {
      const before = decodeCursor(letterPlace, cursor);
      const rows = await listDeadLetters(db, { service: name, before, limit: limit + 1 });
      return pageFrom(rows, limit, deadLetterView, (row) => row.dead_letter_id);
    },
    async readDeadLetter({ params }) {
      const letter = await findDeadLetter(db, params.deadLetterId);
      if (letter === undefined) throw notFound();
      return deadLetterDetailView(letter);
    },
    redriveDeadLetter: async ({ session, params }) =>
      await jobDetailView(db, await redriveDeadLetter(service, { ...params, session })),
  };
}

function placeOf(row: JobRow): z.infer<typeof jobPlace> {
  return { createdAt: row.created_at.toISOString(), jobId: row.job_id };
}
