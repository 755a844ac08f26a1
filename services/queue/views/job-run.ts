import type { JobRow } from '../repository/jobs.ts';

/** The present run of a job, as every message about it names it. */
export function runOf({ job_id, run, video_id, owner_id }: JobRow) {
  return { jobId: job_id, run, videoId: video_id, ownerId: owner_id };
}
