import type { ProblemCode } from '#contracts';
import type { HttpErrorOptions } from '#runtime';
import { HttpError } from '#services/platform';

/** What @tus/server throws. */
interface TusError {
  readonly status_code: number;
  readonly body: string;
}

const CODES: Readonly<Record<number, ProblemCode>> = {
  404: 'not_found',
  409: 'conflict',
  410: 'upload_expired',
  413: 'body_too_large',
};

/** The refusal for what went wrong inside @tus/server. A file that could not be written is told apart by `diskIsFull`. */
export async function tusProblem(error: unknown, diskIsFull: () => Promise<boolean>): Promise<Error> {
  if (!isTusError(error)) return error instanceof Error ? error : new Error(String(error));
  const detail = error.body.trim().toLowerCase();
  const options: HttpErrorOptions = { detail, headers: { Connection: 'close' } };
  if (error.status_code < 500) return new HttpError(CODES[error.status_code] ?? 'bad_request', options);
  if (error.status_code === 501) return new HttpError('bad_request', options);
  if (await diskIsFull()) return new HttpError('no_space');
  return new Error(`the upload was not written: ${detail}`);
}

function isTusError(error: unknown): error is TusError {
  if (typeof error !== 'object' || error === null) return false;
  return 'status_code' in error && typeof error.status_code === 'number' && 'body' in error;
}
