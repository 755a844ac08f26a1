import type { DeadLetterSummary } from '#contracts';

/** Why a consumer gave a message up. */
export const CAUSES: Readonly<Record<DeadLetterSummary['cause'], string>> = {
  permanent: 'trying again cannot help',
  exhausted: 'all deliveries were used up',
  malformed: 'the message cannot be read',
  crashed: 'its consumer died on the last delivery',
};

/** Why a dead letter cannot be redriven; undefined when it can. */
export function whyNotRedrivable(
  letter: Pick<DeadLetterSummary, 'redrivable' | 'redrivenAt' | 'jobId'>,
): string | undefined {
  if (letter.redrivable) return undefined;
  if (letter.redrivenAt !== null) return 'It was redriven.';
  return letter.jobId === null
    ? 'It belongs to no job, so there is nothing to run again.'
    : 'Its job is not dead or failed, so there is nothing to run again.';
}

/** The payload of a dead letter as text to read; what was no JSON stands as it came. */
export function payloadText(payload: unknown): string {
  if (payload === null || payload === undefined || payload === '') return 'The message was empty.';
  return typeof payload === 'string' ? payload : JSON.stringify(payload, undefined, 2);
}
