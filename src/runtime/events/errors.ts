/** Thrown by a handler for a message that no further try can help: it becomes a dead letter at once. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** Thrown by a handler that knows when to be asked again. It counts as a delivery: on the last one the message becomes a dead letter. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  /** Milliseconds until the next delivery. */
  readonly delayMs: number;

  constructor(delayMs: number, message = 'the handler asked for a retry', options?: ErrorOptions) {
    super(message, options);
    this.delayMs = delayMs;
  }
}

/**
 * Why a request has no reply.
 *
 * | reason | meaning | handled? |
 * | --- | --- | --- |
 * | `no_responders` | nobody is subscribed | no |
 * | `timeout` | no reply in time | unknown |
 * | `refused` | the responder threw a `RequestRefusal`: `refusal` has its code and message | as the responder says |
 * | `invalid` | the request does not match the schema of the responder, or its header is malformed | no |
 * | `failed` | the handler of the responder threw, a request of its own timed out, or its reply could not be sent | unknown |
 * | `unavailable` | the responder is stopping, or a store that it needs is away | unknown |
 * | `invalid_reply` | the reply does not match the schema, or its header is malformed | yes; with such a header unknown |
 * | `denied` | the permissions of this service do not contain the request: nats.conf is outdated | no |
 */
export type RequestFailure =
  'no_responders' | 'timeout' | 'refused' | 'invalid' | 'failed' | 'invalid_reply' | 'unavailable' | 'denied';

/** Code and message with which a responder refused a request. */
export interface RefusedWith {
  /** Stable code, such as `sold_out`. */
  readonly code: string;
  /** One sentence for an operator. */
  readonly message: string;
}

/**
 * Thrown by `request` when no reply came. In an HTTP handler, `no_responders`, `timeout` and `unavailable` become 503; in a
 * consumer they hold the message as an unavailable store does. All others are errors like any other.
 *
 * @example
 * try {
 *   return await request(stockOf, { values: { warehouse }, data: { article } });
 * } catch (error) {
 *   if (error instanceof RequestError && error.refusal?.code === 'unknown_article') throw notFound();
 *   throw error;
 * }
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** Subject pattern of the request. */
  readonly subject: string;
  /** Why no reply came. */
  readonly reason: RequestFailure;
  /** What the responder said; undefined unless it refused. */
  readonly refusal: RefusedWith | undefined;

  constructor(
    subject: string,
    reason: RequestFailure,
    message: string,
    options: ErrorOptions & {
      /** @default - the responder did not refuse */
      readonly refusal?: RefusedWith;
    } = {},
  ) {
    super(`request ${subject}: ${message}`, options);
    this.subject = subject;
    this.reason = reason;
    this.refusal = options.refusal;
  }
}

const CODE = /^[A-Za-z][\w.-]*$/;

/**
 * Thrown by the handler of a responder to refuse a request: the caller gets a `RequestError` with this code and message.
 * Throws an `Error` for a code that is not a word: letters, digits, `_`, `.` and `-`, the first a letter.
 *
 * @example
 * throw new RequestRefusal('unknown_article', `no article ${data.article}`);
 */
export class RequestRefusal extends Error {
  override readonly name = 'RequestRefusal';
  /** Stable code, which the caller reads. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    if (!CODE.test(code)) {
      throw new Error(
        `code of a RequestRefusal is ${JSON.stringify(code)}, must be a word such as sold_out: correct it`,
      );
    }
    super(message, options);
    this.code = code;
  }
}
