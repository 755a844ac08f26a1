import { videoProcess, type deadLettered } from '#contracts';
import { parseEnvelope, type DataOf } from '#declare';
import { withShallowPayload } from '#runtime';
import { insertDeadLetter } from '../repository/dead-letters.ts';
import type { Service } from '../service.ts';
import { buryJob } from './bury-job.ts';

type DeadLetter = DataOf<typeof deadLettered>;

/**
 * Takes a dead letter into the table, and buries the job that it belongs to. A letter for a permanent reason buries none:
 * the worker told with `events.media.failed` why the job failed.
 */
export async function recordDeadLetter(
  service: Service,
  { letter: found, deadLetterId }: { readonly letter: DeadLetter; readonly deadLetterId: number },
): Promise<void> {
  const letter = withShallowPayload(found);
  const job = jobOf(letter);
  await service.transaction(async (trx) => {
    await insertDeadLetter(trx, {
      dead_letter_id: deadLetterId,
      service: withoutNul(letter.service),
      durable: withoutNul(letter.durable),
      stream: withoutNul(letter.stream),
      stream_sequence: letter.streamSequence,
      subject: withoutNul(letter.subject),
      message_id: letter.messageId === null ? null : withoutNul(letter.messageId),
      reason: withoutNul(letter.reason),
      cause: letter.cause,
      deliveries: letter.deliveries,
      payload: JSON.stringify(letter.payload ?? null),
      job_id: job?.jobId ?? null,
      run: job?.run ?? null,
      died_at: new Date(letter.diedAt),
      redriven_at: null,
    });
    if (job === undefined || letter.cause === 'permanent') return;
    const crashed = letter.cause === 'crashed';
    await buryJob(service, trx, { ...job, attempts: letter.deliveries, crashed });
  });
}

/** The job and run of a letter; undefined when it is an event, or a message that cannot be read. */
function jobOf({ subject, payload }: DeadLetter): { readonly jobId: string; readonly run: number } | undefined {
  if (subject !== videoProcess.subject) return undefined;
  try {
    const { jobId, run } = parseEnvelope(videoProcess, payload).data;
    return { jobId, run };
  } catch {
    return undefined;
  }
}

/** PostgreSQL keeps no NUL in a text. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
