import { PROBLEMS as RUNTIME_PROBLEMS } from '#declare';
import * as z from 'zod';

/** Every stable `code` of a problem, with its status and title: those of the runtime, and the platform's own. */
export const PROBLEMS = {
  ...RUNTIME_PROBLEMS,
  wrong_credentials: { status: 401, title: 'wrong name or password' },
  handle_taken: { status: 409, title: 'this handle is taken' },
  email_taken: { status: 409, title: 'this e-mail address is taken' },
  upload_expired: { status: 410, title: 'the upload is gone' },
  quota_exceeded: { status: 413, title: 'the storage allowance is used up' },
  weak_password: { status: 422, title: 'this password is too easy to guess' },
  link_invalid: { status: 403, title: 'the link is invalid, used or expired' },
  ticket_invalid: { status: 403, title: 'the upload ticket is invalid or expired' },
  too_many_streams: { status: 429, title: 'too many open pages' },
  no_space: { status: 507, title: 'the server has no space left for uploads' },
} as const;

/** Stable code of a problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** Stable code of a problem. */
export const problemCode = z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]);

/** One fault of a request's fields. */
export const fieldFault = z.object({
  /** JSON Pointer into the body (`/title`), or `?name` for the query, `:name` for the path, the name of a header. */
  pointer: z.string(),
  /** The rule that was broken, in words. */
  detail: z.string(),
});
/** One fault of a request's fields. */
export type FieldFault = z.infer<typeof fieldFault>;

/** Body of every refusal, RFC 9457. */
export const problem = z.object({
  /** URI of the kind of problem: `/problems/<code>`. */
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().optional(),
  /** Path that was asked for. */
  instance: z.string().optional(),
  code: problemCode,
  /** Id to quote when asking for help; also the `X-Request-Id` header. */
  requestId: z.string(),
  /** Faults by field, for 422. */
  errors: z.array(fieldFault).optional(),
  /** What is away, for 503: the name of a dependency such as `redis`. */
  dependency: z.string().optional(),
  /** Seconds after which it may be tried again, for 429 and 503; also the `Retry-After` header. */
  retryAfterSeconds: z.int().min(0).optional(),
});
/** Body of every refusal, RFC 9457. */
export type Problem = z.infer<typeof problem>;
