/** What a page says of a call that failed. */
import { Refusal as AnyRefusal, Unreachable } from '#client';
import type { FieldFault, Problem, ProblemCode } from '#contracts';

export { Unreachable };

/** A refusal whose code is one of the contracts. */
export type Refusal = AnyRefusal & { readonly code: ProblemCode; readonly problem: Problem };
export const Refusal = AnyRefusal as new (service: string, problem: Problem) => Refusal;

/** What a page says of an error. */
export interface ErrorWords {
  readonly title: string;
  /** More of it; empty when there is no more to say. */
  readonly detail: string;
  /** Id to quote when asking for help. */
  readonly requestId: string | undefined;
  /** Whether trying again can help. */
  readonly retryable: boolean;
}

const NEVER_BETTER: readonly ProblemCode[] = ['not_found', 'forbidden', 'link_invalid', 'no_session'];

/** A fault of the page itself, which no waiting mends. */
const PAGE_FAULT =
  'Reload the page. If that does not help, try a newer browser: Chrome 111, Firefox 115 and Safari 16.4 are the oldest that work.';

/** An error in words for people. */
export function wordsOf(error: unknown): ErrorWords {
  if (error instanceof Refusal) {
    const { title, detail, requestId, code, retryAfterSeconds } = error.problem;
    const wait = retryAfterSeconds ? `Try again in ${waitWords(retryAfterSeconds)}.` : '';
    return {
      title: sentence(title),
      detail: [detail && detail !== title ? sentence(detail) : '', wait].filter(Boolean).join(' '),
      requestId: requestId === '' ? undefined : requestId,
      retryable: !NEVER_BETTER.includes(code),
    };
  }
  if (error instanceof Unreachable) {
    return {
      title: error.offline ? 'You are offline.' : 'The server could not be reached.',
      detail: error.offline ? 'This continues when you are back online.' : 'Nothing you typed is lost.',
      requestId: undefined,
      retryable: true,
    };
  }
  return { title: 'Something went wrong on this page.', detail: PAGE_FAULT, requestId: undefined, retryable: true };
}

/** Faults of a refused form, by the name of the field that a JSON Pointer leads to; those of no field under an empty name. */
export function fieldFaults(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Refusal)) return {};
  const faults: Record<string, string> = {};
  for (const { pointer, detail } of error.problem.errors ?? []) {
    const name = fieldName(pointer);
    faults[name] = faults[name] === undefined ? detail : `${faults[name]}; ${detail}`;
  }
  return faults;
}

function fieldName(pointer: FieldFault['pointer']): string {
  const first = pointer.replace(/^[/?:]/, '').split('/')[0] ?? '';
  return first.replaceAll('~1', '/').replaceAll('~0', '~');
}

function waitWords(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
