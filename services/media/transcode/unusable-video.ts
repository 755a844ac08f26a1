import type { MediaFailureCode } from '#contracts';

/** Thrown for a file that cannot become a video, now or later; the message is one sentence for its owner. */
export class UnusableVideo extends Error {
  override readonly name = 'UnusableVideo';
  readonly code: MediaFailureCode;

  constructor(code: MediaFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
