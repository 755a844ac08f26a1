import type { Job, OwnVideo } from '#contracts';
import { failureWords, mayRetry } from './failure-words.ts';

/** The state of an own video as a chip says it, and what to do about it. */
export interface StateWords {
  readonly tone: 'neutral' | 'good' | 'warn' | 'danger' | 'accent';
  readonly text: string;
  readonly advice?: string;
  /** What its owner can do now. */
  readonly next?: 'upload' | 'retry';
}

/** What of a job the words need. */
export type JobGlimpse = Pick<Job, 'jobId' | 'state' | 'percent' | 'attempts' | 'reason'>;

/** The state of an own video in words; `job` is what the ledger says, when it is known. */
export function stateWords(video: Pick<OwnVideo, 'state' | 'failure'>, job: JobGlimpse | undefined): StateWords {
  switch (video.state) {
    case 'ready':
      return { tone: 'good', text: 'ready' };
    case 'draft':
      return { tone: 'warn', text: 'draft: the file is not uploaded', next: 'upload' };
    case 'failed':
      // the job says why it was given up
      return job?.state === 'dead' ? underWay(job) : failed(video.failure);
    case 'processing':
      return underWay(job);
  }
}

function failed(failure: OwnVideo['failure']): StateWords {
  if (failure === null) return { tone: 'danger', text: 'failed' };
  const { what, advice } = failureWords(failure);
  return { tone: 'danger', text: `failed: ${what}`, advice, ...(mayRetry(failure) ? { next: 'retry' } : {}) };
}

function underWay(job: JobGlimpse | undefined): StateWords {
  switch (job?.state) {
    case 'dead':
      return {
        tone: 'danger',
        text: `failed: given up after ${job.attempts} attempts`,
        advice: job.reason ?? 'Try again. The file may be fine.',
        next: 'retry',
      };
    case 'failed':
      return { tone: 'danger', text: `failed: ${job.reason ?? 'it failed'}`, next: 'retry' };
    case 'cancelled':
      return { tone: 'neutral', text: 'processing was cancelled', next: 'retry' };
    case 'running':
      return { tone: 'accent', text: `transcoding ${Math.floor(job.percent)} %` };
    case 'queued':
      return { tone: 'neutral', text: 'queued' };
    default:
      return { tone: 'accent', text: 'processing' };
  }
}
