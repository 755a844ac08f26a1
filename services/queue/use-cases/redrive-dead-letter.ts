import { notFound } from '#runtime';
import { HttpError, type Session } from '#services/platform';
import { findDeadLetter } from '../repository/dead-letters.ts';
import type { JobRow } from '../repository/jobs.ts';
import type { Service } from '../service.ts';
import { STANDING_WORDS, standingOf } from '../views/dead-letter-standing.ts';
import { retryJob } from './retry-job.ts';

/** Runs the job of a dead letter again. Throws `conflict` when that is not possible, or was done. */
export async function redriveDeadLetter(
  service: Service,
  { deadLetterId, session }: { readonly deadLetterId: number; readonly session: Session },
): Promise<JobRow> {
  const letter = await findDeadLetter(service.db, deadLetterId);
  if (letter === undefined) throw notFound();
  const standing = standingOf(letter);
  if (standing !== 'redrivable') throw new HttpError('conflict', { detail: STANDING_WORDS[standing] });
  if (letter.job_id === null) throw new HttpError('conflict', { detail: STANDING_WORDS.no_job });
  return await retryJob(service, { jobId: letter.job_id, session });
}
