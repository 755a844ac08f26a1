/**
 * Finds jobs that wait for nothing: the ledger says that they are under way, and the stream has no message of theirs, since
 * it was deleted, purged, or lost with its disk. They are queued again, as a new run. One replica at a time looks.
 */
import { videoProcess } from '#contracts';
import { decodeMessage, requireStreamOf } from '#declare';
import { sql } from 'kysely';
import { lockJob, silentJobs, UNDER_WAY } from '../repository/jobs.ts';
import type { Service, Transaction } from '../service.ts';
import { queueNextRun } from './queue-next-run.ts';

/** Queues lost jobs again of which nothing was heard since `since`; gives their ids. */
export async function sweepLostJobs(service: Service, since: Date): Promise<string[]> {
  if (!service.nats.connected || (await silentJobs(service.db, since)).length === 0) return [];
  return await service.transaction(async (trx) => {
    if (!(await isOnlySweeper(trx))) return [];
    const silent = await silentJobs(trx, since);
    const waiting = await runsInQueue(service);
    const lost: string[] = [];
    for (const { job_id, run } of silent.filter((job) => !waiting.has(runKey(job.job_id, job.run)))) {
      const job = await lockJob(trx, job_id);
      if (job?.run !== run || !UNDER_WAY.includes(job.state) || job.updated_at >= since) continue;
      await queueNextRun(service, trx, { job, reason: 'its message was lost, so it was queued again' });
      lost.push(job_id);
    }
    return lost;
  });
}

async function isOnlySweeper(trx: Transaction): Promise<boolean> {
  const { rows } = await sql<{ readonly held: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('queue.sweep', 0)) as held
  `.execute(trx);
  return rows[0]?.held === true;
}

/** Every run whose message lies in the stream, also those that are worked on. */
async function runsInQueue(service: Service): Promise<Set<string>> {
  const stream = requireStreamOf(videoProcess, service.topology).name;
  const runs = new Set<string>();
  let sequence = 1;
  for (;;) {
    const message = await service.nats.messageAt({ stream, subject: service.config.JOB_SUBJECT, sequence });
    if (message === undefined) return runs;
    sequence = message.sequence + 1;
    const key = runOf(message.data);
    if (key !== undefined) runs.add(key);
  }
}

function runOf(bytes: Uint8Array): string | undefined {
  try {
    const { data } = decodeMessage(videoProcess, bytes);
    return runKey(data.jobId, data.run);
  } catch {
    // what cannot be read is no job's message; its worker lays it among the dead letters
    return undefined;
  }
}

function runKey(jobId: string, run: number): string {
  return `${jobId}:${run}`;
}
