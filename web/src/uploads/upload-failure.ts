import { wordsOf, type ErrorWords } from '../api/index.ts';

/** Why an upload does not continue by itself, in words: a file may also be gone from the disk. */
export function uploadFailure(error: unknown): ErrorWords {
  if (!(error instanceof DOMException && ['NotReadableError', 'NotFoundError'].includes(error.name)))
    return wordsOf(error);
  return {
    title: 'The file cannot be read.',
    detail: 'It may have been moved, renamed or changed. Cancel this upload and choose the file again.',
    requestId: undefined,
    retryable: true,
  };
}
