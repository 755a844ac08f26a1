/**
 * How far the processing of a video is, put together from three sources that overtake one another: the catalogue (the
 * video), the ledger (its job) and the live stream (progress). What is older than what is known changes nothing.
 */
import type { Job, ProcessingPhase, Progress, VideoFailure, VideoState } from '#contracts';
import type { TimelineStep } from '../components/time-line.vue';
import { failureWords } from './failure-words.ts';

/** What is known of a video's job. */
export interface KnownJob {
  readonly jobId: string;
  readonly state: Job['state'];
  readonly run: number;
  readonly attempt: number;
  /** Sequence of the last progress of this attempt; -1 when the ledger alone has told of it. */
  readonly sequence: number;
  readonly phase: ProcessingPhase | null;
  readonly percent: number;
  /** Last error in words. */
  readonly reason: string | null;
}

/** How far the processing of a video is. */
export interface Processing {
  readonly state: VideoState;
  readonly failure: VideoFailure | null;
  readonly job: KnownJob | undefined;
}

/** Where every upload starts. */
export const NOTHING_KNOWN: Processing = { state: 'draft', failure: null, job: undefined };

const SETTLED: readonly Job['state'][] = ['done', 'failed', 'dead', 'cancelled'];

/** Takes in what the catalogue says. */
export function withVideo(known: Processing, video: Pick<Processing, 'state' | 'failure'>): Processing {
  return { ...known, state: video.state, failure: video.failure };
}

/** Takes in what the ledger says of the job; live progress of the same attempt is newer than an unsettled entry. */
export function withJob(known: Processing, job: Job): Processing {
  const before = known.job;
  const told: KnownJob = {
    jobId: job.jobId,
    state: job.state,
    run: job.run,
    attempt: job.attempts,
    sequence: -1,
    phase: job.phase,
    percent: job.percent,
    reason: job.reason,
  };
  if (before && before.jobId === job.jobId && !supersedes(told, before)) return known;
  return { ...(isNewRun(told, before) ? startedAgain(known) : known), job: told };
}

/** Whether a job is under way in a later run than the one that is known. */
function isNewRun(told: Pick<KnownJob, 'jobId' | 'run' | 'state'>, before: KnownJob | undefined): boolean {
  return before?.jobId === told.jobId && told.run > before.run && !SETTLED.includes(told.state);
}

/** A failure that the catalogue told of is over once the job is under way again. */
function startedAgain(known: Processing): Processing {
  return known.state === 'failed' ? { ...known, state: 'processing', failure: null } : known;
}

function supersedes(told: KnownJob, before: KnownJob): boolean {
  if (told.run !== before.run) return told.run > before.run;
  if (SETTLED.includes(told.state)) return true;
  if (SETTLED.includes(before.state)) return false;
  if (told.attempt !== before.attempt) return told.attempt > before.attempt;
  return before.sequence === -1;
}

/** Takes in live progress. */
export function withProgress(known: Processing, progress: Progress): Processing {
  const before = known.job;
  if (before && before.jobId === progress.jobId && !isNewer(progress, before)) return known;
  const broken = progress.problem !== undefined;
  const { state, failure } = startedAgain(known);
  return {
    // progress comes only of a file that arrived
    state: state === 'draft' ? 'processing' : state,
    failure,
    job: {
      jobId: progress.jobId,
      state: broken ? 'queued' : 'running',
      run: progress.run,
      attempt: progress.attempt,
      sequence: progress.sequence,
      phase: broken ? null : progress.phase,
      percent: progress.percent,
      reason: progress.problem ?? null,
    },
  };
}

function isNewer(progress: Progress, before: KnownJob): boolean {
  if (progress.run !== before.run) return progress.run > before.run;
  if (SETTLED.includes(before.state)) return false;
  if (progress.attempt !== before.attempt) return progress.attempt > before.attempt;
  return progress.sequence > before.sequence;
}

/** Whether nothing more will come by itself. A failed video whose job is under way is one whose news have not arrived yet. */
export function isSettled({ state, job }: Processing): boolean {
  if (state === 'ready') return true;
  return job === undefined ? state === 'failed' : ['failed', 'dead', 'cancelled'].includes(job.state);
}

/** The steps from the file's arrival to a video that can be watched. */
export function processingSteps(known: Processing): readonly TimelineStep[] {
  const at = stageOf(known);
  const step = (key: Stage, label: string, more: Partial<TimelineStep> = {}): TimelineStep => {
    const state = STAGES.indexOf(key) < STAGES.indexOf(at.stage) ? 'done' : key === at.stage ? at.state : 'ahead';
    return { key, label, state, ...(key === at.stage ? more : {}) };
  };
  const tried = known.job?.reason && !at.broken ? `tried again after: ${known.job.reason}` : undefined;
  return [
    step('uploaded', 'uploaded', { note: at.stage === 'uploaded' ? 'the file is not uploaded yet' : undefined }),
    step('queued', 'queued', { note: tried ?? 'waiting' }),
    step('transcoding', 'transcoding', at.broken ? { note: at.broken } : runningNote(known.job)),
    step('ready', 'ready', { note: at.state === 'current' ? 'publishing' : undefined }),
  ];
}

const STAGES = ['uploaded', 'queued', 'transcoding', 'ready'] as const;
type Stage = (typeof STAGES)[number];

interface Place {
  readonly stage: Stage;
  readonly state: 'done' | 'current' | 'failed';
  readonly broken?: string;
}

function stageOf({ state, failure, job }: Processing): Place {
  if (state === 'ready') return { stage: 'ready', state: 'done' };
  if (job?.state === 'dead')
    return broken(`given up after ${job.attempt} attempts: ${job.reason ?? 'no reason given'}`);
  if (state === 'failed') return broken(failure ? failureWords(failure).what : (job?.reason ?? 'it failed'));
  if (state === 'draft' && job === undefined) return { stage: 'uploaded', state: 'current' };
  if (job === undefined || job.state === 'queued') return { stage: 'queued', state: 'current' };
  if (job.state === 'cancelled') return broken('cancelled');
  if (job.state === 'failed') return broken(job.reason ?? 'it failed');
  if (job.state === 'done' || job.phase === 'done') return { stage: 'ready', state: 'current' };
  return { stage: 'transcoding', state: 'current' };
}

function broken(reason: string): Place {
  return { stage: 'transcoding', state: 'failed', broken: reason };
}

const PHASES: Readonly<Record<ProcessingPhase, string>> = {
  probing: 'checking the file',
  transcoding: '',
  poster: 'making the poster',
  packaging: 'packaging',
  done: '',
};

function runningNote(job: KnownJob | undefined): Partial<TimelineStep> {
  if (job === undefined) return {};
  const phase = job.phase === null ? '' : PHASES[job.phase];
  const attempt = job.attempt > 1 ? `attempt ${job.attempt}` : '';
  return { percent: job.percent, note: [phase, attempt].filter(Boolean).join(', ') || undefined };
}
