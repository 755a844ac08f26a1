import type { DeadLetterDetail, DeadLetterSummary } from '#contracts';
import type { DeadLetterRow } from '../repository/dead-letters.ts';
import { standingOf } from './dead-letter-standing.ts';

/** A dead letter as the list shows it. */
export function deadLetterView(row: DeadLetterRow): DeadLetterSummary {
  return {
    deadLetterId: row.dead_letter_id,
    service: row.service,
    durable: row.durable,
    subject: row.subject,
    reason: row.reason,
    cause: row.cause,
    deliveries: row.deliveries,
    jobId: row.job_id,
    standing: standingOf(row),
    diedAt: row.died_at.toISOString(),
    redrivenAt: row.redriven_at?.toISOString() ?? null,
  };
}

/** A dead letter with the message as it was. */
export function deadLetterDetailView(row: DeadLetterRow): DeadLetterDetail {
  return {
    ...deadLetterView(row),
    stream: row.stream,
    streamSequence: row.stream_sequence,
    messageId: row.message_id,
    payload: row.payload === null ? null : JSON.parse(row.payload),
  };
}
