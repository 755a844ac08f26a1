import type { DeadLetterSummary, JobAttempt, JobState, MediaFailureCode, ProcessingPhase } from '#contracts';
import type { Generated } from 'kysely';

/** The ledger: one row a job, whatever became of its messages. */
export interface JobTable {
  readonly job_id: string;
  readonly video_id: string;
  readonly owner_id: string;
  readonly upload_id: string;
  readonly file_name: string;
  readonly bytes: number;
  readonly state: JobState;
  /** How often it was put into the queue. */
  readonly run: number;
  /** Attempts of this run. */
  readonly attempts: number;
  readonly phase: ProcessingPhase | null;
  readonly percent: number;
  readonly worker: string | null;
  readonly reason: string | null;
  /** Why media gave up on its file in this run; null if it did not. */
  readonly failure: MediaFailureCode | null;
  /** Place of the newest progress that was taken in: attempt and sequence. */
  readonly progress_attempt: number;
  readonly progress_sequence: number;
  readonly created_at: Date;
  readonly queued_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly updated_at: Date;
}

/** Attempts at jobs. */
export interface AttemptTable {
  readonly job_id: string;
  readonly run: number;
  readonly attempt: number;
  readonly worker: string;
  readonly outcome: JobAttempt['outcome'];
  readonly reason: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

/** Messages that a consumer gave up on. */
export interface DeadLetterTable {
  /** Place in the stream of dead letters, or a number after all others where a letter of a stream before has that place. */
  readonly dead_letter_id: number;
  readonly service: string;
  readonly durable: string;
  readonly stream: string;
  readonly stream_sequence: number;
  readonly subject: string;
  readonly message_id: string | null;
  readonly reason: string;
  readonly cause: DeadLetterSummary['cause'];
  readonly deliveries: number;
  /** JSON as text, since `jsonb` refuses NUL and a dead letter may hold anything. */
  readonly payload: string | null;
  /** Job that it belongs to; null when it is an event, or the job is gone. */
  readonly job_id: string | null;
  /** Run of the job; null as the job is, and of letters older than this column. */
  readonly run: number | null;
  readonly died_at: Date;
  readonly redriven_at: Date | null;
}

/** Videos and accounts that are gone: what comes late of them makes no job. */
export interface GoneTable {
  readonly kind: 'video' | 'account';
  readonly id: string;
  readonly gone_at: Generated<Date>;
}

/** Tables of queue. */
export interface Tables {
  readonly job: JobTable;
  readonly attempt: AttemptTable;
  readonly dead_letter: DeadLetterTable;
  readonly gone: GoneTable;
}
