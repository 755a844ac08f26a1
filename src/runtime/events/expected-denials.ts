/** What a denied message fails with. */
export const DENIED = 'nats denied the subject: it is not in the declaration of this service, or nats.conf is outdated';

/** Subjects whose late denials are remembered; most messages that are given up were never denied. */
const MOST_SUBJECTS = 1000;

/**
 * The denials that may still come. The server denies each message by itself and names only the subject: the first denial
 * fails all that wait on the subject, those of the others follow, and that of a message that was given up comes late. None of
 * them is meant for anybody else.
 */
export class ExpectedDenials {
  /** How many per subject; the subject that was given up last is the last. */
  private readonly counts = new Map<string, number>();

  /** A message on a subject was given up, whose denial may still come. */
  givenUp(subject: string): void {
    const count = (this.counts.get(subject) ?? 0) + 1;
    this.counts.delete(subject);
    this.counts.set(subject, count);
    const [oldest] = this.counts.keys();
    if (this.counts.size > MOST_SUBJECTS && oldest !== undefined) this.counts.delete(oldest);
  }

  /** A denial came and failed so many messages that waited. Returns whether it was expected. */
  came(subject: string, failed: number): boolean {
    const count = (this.counts.get(subject) ?? 0) + failed;
    if (count > 1) this.counts.set(subject, count - 1);
    else this.counts.delete(subject);
    return count > 0;
  }

  /** The connection was lost: the denials of what was sent on it do not come any more. */
  clear(): void {
    this.counts.clear();
  }
}
