/**
 * Answers of creations, kept in the service's own schema under the caller, the operation and the `Idempotency-Key`. The
 * database and not Redis, because a key that is lost makes a creation twice. While the first try runs, a second waits its
 * turn with 409; a try that died is taken over after its hold has run out, and `creationId` leads it to the same row.
 */
import { createHash } from 'node:crypto';
import { HttpError } from './problem.ts';

/** Under what an answer is kept. */
export interface IdempotencySlot {
  readonly userId: string;
  readonly operation: string;
  readonly key: string;
}

/** An answer as it was sent. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null for none. */
  readonly body: string | null;
}

/** Where answers are kept. */
export interface IdempotencyStore {
  /** Takes the slot: gives the answer that is there already, or undefined when the caller is to do the work. */
  take(slot: IdempotencySlot, fingerprint: string): Promise<KeptAnswer | undefined>;
  /** Does the work; the slot stays taken however long it takes. */
  holding<T>(slot: IdempotencySlot, work: () => Promise<T>): Promise<T>;
  keep(slot: IdempotencySlot, answer: KeptAnswer): Promise<void>;
  /** Frees the slot after a refusal, so that a corrected request may use the key. */
  free(slot: IdempotencySlot): Promise<void>;
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/** The key of a request; undefined without one. Throws `invalid` for one that is too long or not printable. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (KEY.test(header)) return header;
  const detail = 'must be 1 to 200 printable characters without spaces';
  throw new HttpError('invalid', { errors: [{ pointer: 'Idempotency-Key', detail }] });
}

/** A UUID that depends on nothing but the slot. */
export function creationIdOf({ userId, operation, key }: IdempotencySlot): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([userId, operation, key]))
    .digest('hex');
  const variant = ((parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** SHA-256 of what a request asks for. */
export function fingerprintOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
