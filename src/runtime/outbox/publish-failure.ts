/** What became of a message that could not be published. */
export type FailureKind =
  /** The connection is away: it is no attempt, the message goes when the connection is back. */
  | 'away'
  /** Refused or unanswered for now: tried again later. */
  | 'transient'
  /** Refused for good as things are: denied, too large or invalid. It is parked. */
  | 'permanent';

/** Thrown by what publishes for a relay. Any other error counts as transient. */
export class PublishFailure extends Error {
  override readonly name = 'PublishFailure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The kind of an error that a publisher threw. */
export function failureKindOf(error: unknown): FailureKind {
  return error instanceof PublishFailure ? error.kind : 'transient';
}
