import { PROBLEMS, type FieldFault, type Problem, type ProblemCode, type ProblemKind } from '#declare';
import { absentDependencyOf } from '../unavailable.ts';

/** What a refusal says besides its code. */
export interface HttpErrorOptions extends ErrorOptions {
  /** One sentence for the person; no secret, no SQL, no host. @default - none */
  readonly detail?: string;
  /** Faults by field, for 422. @default - none */
  readonly errors?: readonly FieldFault[];
  /** What is away, for 503. @default - none */
  readonly dependency?: string;
  /** Seconds after which it may be tried again; also the header Retry-After. @default - not stated */
  readonly retryAfterSeconds?: number;
  /** Further headers of the answer. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A refusal that is sent to the client: an RFC 9457 problem with a stable code, which gives its status and title. A code of the
 * runtime is enough; a service's own comes with both.
 *
 * @example
 * throw new HttpError('not_found');
 * throw new HttpError({ code: 'sold_out', status: 409, title: 'nothing is left' });
 */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  /** Stable code of the problem. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  /** Title of the problem. */
  readonly title: string;
  /** What the problem has besides its code. */
  readonly options: HttpErrorOptions;

  constructor(problem: ProblemCode | (ProblemKind & { readonly code: string }), options: HttpErrorOptions = {}) {
    const { code, status, title } = typeof problem === 'string' ? { code: problem, ...PROBLEMS[problem] } : problem;
    super(options.detail ?? title, options);
    this.code = code;
    this.status = status;
    this.title = title;
    this.options = options;
  }
}

/** Refuses with `not_found`, also for what is there and not the caller's. */
export function notFound(detail?: string): HttpError {
  return new HttpError('not_found', detail === undefined ? {} : { detail });
}

/** Seconds after which a client may ask again when a dependency is away. */
const RETRY_SECONDS = 2;
/** `type` of the error of a JSON body with too many levels. */
export const TOO_DEEP = 'json.too.deep';
/** `type` of errors that Express's body parsers throw. */
const PARSER_PROBLEMS: Readonly<Record<string, ProblemCode>> = {
  'entity.too.large': 'body_too_large',
  'entity.parse.failed': 'bad_request',
  'entity.verify.failed': 'bad_request',
  'request.aborted': 'bad_request',
  'request.size.invalid': 'bad_request',
  'encoding.unsupported': 'media_type',
  'charset.unsupported': 'media_type',
  [TOO_DEEP]: 'bad_request',
};

/** The refusal that any thrown value becomes; what nobody foresaw is `internal` and says nothing. */
export function httpErrorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const dependency = absentDependencyOf(error);
  if (dependency !== undefined) {
    return new HttpError('unavailable', { dependency, retryAfterSeconds: RETRY_SECONDS, cause: error });
  }
  const { type, status } = fieldsOf(error);
  const code = PARSER_PROBLEMS[type] ?? (status === 400 || error instanceof URIError ? 'bad_request' : 'internal');
  return new HttpError(code, {
    cause: error,
    ...(type === TOO_DEEP ? { detail: 'the body is nested too deeply' } : {}),
  });
}

/** Body of a refusal. */
export function problemOf(error: HttpError, props: { readonly requestId: string; readonly path: string }): Problem {
  const { detail, errors, dependency, retryAfterSeconds } = error.options;
  return {
    type: `/problems/${error.code}`,
    title: error.title,
    status: error.status,
    ...(detail === undefined ? {} : { detail }),
    instance: props.path,
    code: error.code,
    requestId: props.requestId,
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(dependency === undefined ? {} : { dependency }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

function fieldsOf(error: unknown): { readonly type: string; readonly status: number } {
  const fields = typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>) : {};
  return {
    type: typeof fields.type === 'string' ? fields.type : '',
    status: typeof fields.status === 'number' ? fields.status : 0,
  };
}
