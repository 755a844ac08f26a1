import { videoProcess } from '#contracts';
import type { JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { runOf } from '../views/job-run.ts';

/**
 * Puts the present run of a job into the queue. Each run has a message id of its own: the stream drops an old one as a
 * duplicate for two minutes, also when the message was acknowledged.
 */
export async function queueRun(service: Service, trx: Transaction, job: JobRow): Promise<void> {
  await service.enqueue(trx, videoProcess, {
    id: `job:${job.job_id}:run:${job.run}`,
    aggregate: job.job_id,
    data: {
      ...runOf(job),
      uploadId: job.upload_id,
      fileName: job.file_name,
      bytes: job.bytes,
      queuedAt: job.queued_at.toISOString(),
    },
  });
}
