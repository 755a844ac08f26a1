/** Status and title that go with the stable `code` of a problem. */
export interface ProblemKind {
  /** HTTP status. */
  readonly status: number;
  /** Short text for people, the same for every problem of the code. */
  readonly title: string;
}

/** The problems that the runtime itself answers with, by their stable code. */
export const PROBLEMS = {
  bad_request: { status: 400, title: 'the request could not be read' },
  no_session: { status: 401, title: 'sign in first' },
  foreign_origin: { status: 403, title: 'the request came from another site' },
  forbidden: { status: 403, title: 'you are not allowed to do this' },
  not_found: { status: 404, title: 'not found, or not visible to you' },
  method_not_allowed: { status: 405, title: 'this method is not allowed here' },
  conflict: { status: 409, title: 'this is not possible in the current state' },
  idempotency_mismatch: { status: 409, title: 'this idempotency key was used for another request' },
  version_mismatch: { status: 412, title: 'it has been changed in the meantime' },
  version_required: { status: 428, title: 'If-Match with the current version is required' },
  body_too_large: { status: 413, title: 'the body is too large' },
  media_type: { status: 415, title: 'unsupported media type' },
  range_not_satisfiable: { status: 416, title: 'the requested range does not exist' },
  invalid: { status: 422, title: 'some fields are invalid' },
  rate_limited: { status: 429, title: 'too many requests' },
  internal: { status: 500, title: 'internal error' },
  unavailable: { status: 503, title: 'a part of the service is unavailable' },
} as const satisfies Readonly<Record<string, ProblemKind>>;

/** Stable code of a problem that the runtime itself answers with. */
export type ProblemCode = keyof typeof PROBLEMS;

/** One fault of a request's fields. */
export interface FieldFault {
  /** JSON Pointer into the body (`/title`), or `?name` for the query, `:name` for the path, the name of a header. */
  readonly pointer: string;
  /** The rule that was broken, in words. */
  readonly detail: string;
}

/** Media type of every refusal, RFC 9457. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Body of every refusal, RFC 9457. */
export interface Problem<Code extends string = string> {
  /** URI of the kind of problem: `/problems/<code>`. */
  readonly type: string;
  /** Short text for people, the same for every problem of the code. */
  readonly title: string;
  /** HTTP status. */
  readonly status: number;
  /** What went wrong this time, in one sentence for the person. @default - not stated */
  readonly detail?: string;
  /** Path that was asked for. @default - not stated */
  readonly instance?: string;
  /** Stable code for programs. */
  readonly code: Code;
  /** Id to quote when asking for help; also the `X-Request-Id` header. */
  readonly requestId: string;
  /** Faults by field, for 422. @default - not stated */
  readonly errors?: readonly FieldFault[];
  /** What is away, for 503: the name of a dependency such as `redis`. @default - not stated */
  readonly dependency?: string;
  /** Seconds after which it may be tried again, for 429 and 503; also the `Retry-After` header. @default - not stated */
  readonly retryAfterSeconds?: number;
}
