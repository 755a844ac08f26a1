/** Thrown by a handler for a message that no further try can help: it becomes a dead letter at once. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** Thrown by a handler that knows when to be asked again. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  /** Milliseconds until the next delivery. */
  readonly delayMs: number;

  constructor(delayMs: number, message = 'the handler asked for a retry', options?: ErrorOptions) {
    super(message, options);
    this.delayMs = delayMs;
  }
}
