import type { DeadLetterStanding, DeadLetterSummary } from '#contracts';

/** Why a consumer gave up on a message. */
export const CAUSES: Readonly<Record<DeadLetterSummary['cause'], string>> = {
  permanent: 'permanent failure',
  exhausted: 'all deliveries used',
  malformed: 'the message cannot be read',
  crashed: 'the consumer died on the last delivery',
};

/** Why a dead letter cannot be redriven, in a word for the table and a sentence for its dialog. */
export interface NoRedrive {
  readonly word: string;
  readonly sentence: string;
}

const NO_REDRIVE: Readonly<Record<Exclude<DeadLetterStanding, 'redrivable'>, NoRedrive>> = {
  redriven: { word: 'redriven', sentence: 'It was redriven. If that run failed too, it has its own dead letter.' },
  superseded: { word: 'superseded', sentence: 'A later run of its job replaced it.' },
  hopeless: { word: 'hopeless', sentence: 'Its file can never become a video, so running it again cannot help.' },
  not_needed: { word: 'not needed', sentence: 'Its job is not dead or failed, so there is nothing to run again.' },
  no_job: { word: 'no job', sentence: 'It belongs to no job, so there is nothing to run again.' },
};

/** Why a dead letter cannot be redriven; undefined when it can. */
export function whyNotRedrivable({ standing }: Pick<DeadLetterSummary, 'standing'>): NoRedrive | undefined {
  return standing === 'redrivable' ? undefined : NO_REDRIVE[standing];
}

/** The payload of a dead letter as text to read; what was no JSON stands as it came. */
export function payloadText(payload: unknown): string {
  if (payload === null || payload === undefined || payload === '') return 'The message was empty.';
  return typeof payload === 'string' ? payload : JSON.stringify(payload, undefined, 2);
}
