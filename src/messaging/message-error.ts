/** A fault in a message. */
export interface MessageIssue {
  /** Path inside the message, such as `data.renditions.0.width`; empty for the whole. */
  readonly path: string;
  /** What is wrong there. */
  readonly message: string;
}

/** Which part of a message could not be accepted. */
export type MessagePart = 'json' | 'envelope' | 'type' | 'version' | 'data';

/** Thrown for a message that does not match its declaration; a retry does not help. Contains all issues. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  /** The part that does not match. */
  readonly part: MessagePart;
  /** Every issue that was found. */
  readonly issues: readonly MessageIssue[];

  constructor(
    subject: string,
    part: MessagePart,
    issues: readonly MessageIssue[],
    options?: {
      /** The error behind it. @default - none */
      readonly cause?: unknown;
    },
  ) {
    super(`message ${subject}: ${issues.map(formatIssue).join('; ')}`, options);
    this.part = part;
    this.issues = issues;
  }
}

function formatIssue({ path, message }: MessageIssue): string {
  return path === '' ? message : `${path}: ${message}`;
}
