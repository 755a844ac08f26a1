import {
  accountDeleted,
  DEAD_LETTER_PREFIX,
  deadLettered,
  EVENTS,
  jobCancelled,
  jobDead,
  jobRetried,
  JOBS,
  jobStarted,
  maxDeliveriesReached,
  mediaFailed,
  mediaProcessed,
  mediaProgress,
  mediaUploaded,
  messageTerminated,
  videoDeleted,
  videoProcess,
} from '#contracts';
import { consume, Env } from '#declare';
import { JOB_POLICY } from './job-policy.ts';
import { platformService } from './platform-service.ts';

/** queue: the work. Owns the ledger of jobs and the dead letters, and provisions the streams of all. */
export const queue = platformService('queue', {
  file: 24,
  env: [
    Env.value('JOB_SUBJECT', videoProcess.subject),
    Env.value('DLQ_PREFIX', `${DEAD_LETTER_PREFIX}.$(SERVICE_NAME)`),
    /** Seconds between two looks for jobs whose message is gone. */
    Env.value('SWEEP_S', 30),
    Env.value('JOB_MAX_DELIVER', JOB_POLICY.maxDeliver),
    Env.value('JOB_ACK_WAIT_S', JOB_POLICY.ackWaitSeconds),
    /** Copies of each stream; as many as there are NATS servers. */
    Env.given('STREAM_REPLICAS', { fallback: '1', parse: readReplicas }),
  ],
  publishes: [videoProcess, jobStarted, jobDead, jobRetried, jobCancelled],
  consumes: [
    consume(mediaUploaded),
    consume(mediaProcessed),
    consume(mediaFailed),
    consume(videoDeleted),
    consume(accountDeleted),
    consume(maxDeliveriesReached, { topic: 'max-deliveries' }),
    consume(messageTerminated, { topic: 'msg-terminated' }),
    consume(deadLettered, { topic: 'dead-letters' }),
  ],
  subscribes: [mediaProgress],
  jetstream: { provisions: true, reads: [JOBS.name, EVENTS.name], deletes: [JOBS.name], purges: [EVENTS.name] },
});

/** Reads the copies of a stream: JetStream keeps 1, 3 or 5. */
function readReplicas(text: string): number {
  if (!/^[135]$/.test(text)) throw new Error('must be 1, 3 or 5');
  return Number(text);
}
