import type { DeadLetterStanding } from '#contracts';
import type { DeadLetterRow } from '../repository/dead-letters.ts';
import { isHopeless } from './job.ts';

/** Whether a dead letter can be redriven, and why not. Each is redriven once: a run that fails again lays down its own. */
export function standingOf(
  letter: Pick<DeadLetterRow, 'run' | 'redriven_at' | 'job_state' | 'job_run' | 'job_failure'>,
): DeadLetterStanding {
  const { job_state: state, job_run: jobRun, job_failure: failure } = letter;
  if (state === null) return 'no_job';
  if (letter.redriven_at !== null) return 'redriven';
  if (letter.run !== null && jobRun !== null && letter.run < jobRun) return 'superseded';
  if (state === 'dead') return 'redrivable';
  if (state === 'failed') return isHopeless({ failure }) ? 'hopeless' : 'redrivable';
  return 'not_needed';
}

/** Why a dead letter cannot be redriven, for the refusal. */
export const STANDING_WORDS: Readonly<Record<Exclude<DeadLetterStanding, 'redrivable'>, string>> = {
  redriven: 'it was redriven',
  superseded: 'a later run of its job went on without it',
  hopeless: 'its file can never become a video',
  not_needed: 'its job is not dead or failed',
  no_job: 'it belongs to no job',
};
