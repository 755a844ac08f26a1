import * as z from 'zod';

/** Every stable `code` of a problem, with the status and the title that go with it. */
export const PROBLEMS = {
  bad_request: { status: 400, title: 'the request could not be read' },
  no_session: { status: 401, title: 'sign in first' },
  wrong_credentials: { status: 401, title: 'name or password is wrong' },
  foreign_origin: { status: 403, title: 'the request came from another site' },
  forbidden: { status: 403, title: 'this needs another role' },
  not_found: { status: 404, title: 'there is nothing here, or it is not yours' },
  method_not_allowed: { status: 405, title: 'this cannot be done here' },
  conflict: { status: 409, title: 'this cannot be done in the present state' },
  handle_taken: { status: 409, title: 'this handle is taken' },
  email_taken: { status: 409, title: 'this e-mail address is taken' },
  idempotency_mismatch: { status: 409, title: 'this idempotency key was used for another request' },
  version_mismatch: { status: 412, title: 'it was changed in the meantime' },
  version_required: { status: 428, title: 'say which version you change' },
  upload_expired: { status: 410, title: 'the upload is gone' },
  body_too_large: { status: 413, title: 'the body is too large' },
  quota_exceeded: { status: 413, title: 'the storage allowance is used up' },
  media_type: { status: 415, title: 'this media type is not understood' },
  range_not_satisfiable: { status: 416, title: 'there are no such bytes' },
  invalid: { status: 422, title: 'some fields are not right' },
  weak_password: { status: 422, title: 'this password is too easy to guess' },
  link_invalid: { status: 403, title: 'the link is wrong, used or too old' },
  ticket_invalid: { status: 403, title: 'the upload ticket is wrong or too old' },
  rate_limited: { status: 429, title: 'too many requests' },
  too_many_streams: { status: 429, title: 'too many open pages' },
  internal: { status: 500, title: 'something went wrong on our side' },
  unavailable: { status: 503, title: 'a part of the service is away' },
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

/** Media type of every refusal, RFC 9457. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

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
