import type { StandardSchemaV1 } from '@standard-schema/spec';
import { MessageError } from './message-error.ts';
import type { MessageIssue } from './message-error.ts';
import type { DataOf, Message } from './message.ts';

/**
 * Validates data with the schema of a message and returns the result. Throws a {@link MessageError} with all issues,
 * and a plain `Error` for an asynchronous schema: validation must be synchronous.
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
