import type { StandardSchemaV1 } from '@standard-schema/spec';
import { MessageError } from './message-error.ts';
import type { MessageIssue } from './message-error.ts';
import type { DataOf, Message } from './message.ts';

/**
 * Checks data against the schema of a message and gives what the schema makes of it. Throws a {@link MessageError} with
 * every issue, and a plain `Error` for a schema that answers later: a message is accepted or refused where it stands.
 */
export function parseData<M extends Message>(message: M, data: unknown): DataOf<M> {
  const result = message.payload['~standard'].validate(data);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new Error(
      `message ${message.subject}: its schema validates asynchronously, must be synchronous: remove async refinements and transforms`,
    );
  }
  if (result.issues !== undefined) throw new MessageError(message.subject, 'data', result.issues.map(issueOf));
  return result.value as DataOf<M>;
}

function issueOf(issue: StandardSchemaV1.Issue): MessageIssue {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return { path: ['data', ...path].join('.'), message: issue.message };
}
