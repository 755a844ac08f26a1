import type { mediaUploaded } from '#contracts';
import type { DataOf } from '#declare';
import { randomUUID } from 'node:crypto';
import { isGone } from '../repository/gone.ts';
import { insertJob, type JobRow } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { queueRun } from './queue-run.ts';

/** Creates and queues the job of an upload: one per upload, none when its video is already gone. */
export async function createJob(
  service: Service,
  trx: Transaction,
  upload: DataOf<typeof mediaUploaded>,
): Promise<void> {
  if (await isGone(trx, upload.videoId, upload.ownerId)) return;
  const now = new Date();
  const job: JobRow = {
    job_id: randomUUID(),
    video_id: upload.videoId,
    owner_id: upload.ownerId,
    upload_id: upload.uploadId,
    file_name: upload.fileName,
    bytes: upload.bytes,
    state: 'queued',
    run: 1,
    attempts: 0,
    phase: null,
    percent: 0,
    worker: null,
    reason: null,
    failure: null,
    progress_attempt: 0,
    progress_sequence: 0,
    created_at: now,
    queued_at: now,
    started_at: null,
    ended_at: null,
    updated_at: now,
  };
  if (await insertJob(trx, job)) await queueRun(service, trx, job);
}
