import { videoProcess } from '#contracts';
import { updateJob, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';

/**
 * Puts the present run of a job into the queue. Each run has a message id of its own: the stream drops an old one as a
 * duplicate for two minutes, also when the message was acknowledged.
 */
export async function queueRun(service: Service, trx: Transaction, job: JobRow): Promise<void> {
  await service.enqueue(trx, videoProcess, {
    id: `job:${job.job_id}:run:${job.run}`,
    aggregate: job.job_id,
    data: {
      jobId: job.job_id,
      run: job.run,
      videoId: job.video_id,
      ownerId: job.owner_id,
      uploadId: job.upload_id,
      fileName: job.file_name,
      bytes: job.bytes,
      queuedAt: job.queued_at.toISOString(),
    },
  });
}

/** Starts the next run of a job: it waits again, as if nothing had happened. */
export async function queueNextRun(
  service: Service,
  trx: Transaction,
  job: JobRow,
  reason: string | null = null,
): Promise<JobRow> {
  const now = new Date();
  const next = await updateJob(
    trx,
    job.job_id,
    {
      state: 'queued',
      run: job.run + 1,
      attempts: 0,
      phase: null,
      percent: 0,
      worker: null,
      reason,
      failure: null,
      progress_attempt: 0,
      progress_sequence: 0,
      queued_at: now,
      started_at: null,
      ended_at: null,
    },
    now,
  );
  await queueRun(service, trx, next);
  return next;
}
