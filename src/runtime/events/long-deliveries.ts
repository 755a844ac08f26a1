import type { Logger } from '../log.ts';

const LOOKS = 4;
const MOST_BETWEEN_LOOKS_MS = 60_000;

/** A delivery in work. */
interface InWork {
  readonly sequence: number;
  readonly since: number;
  /** Age at which the next warning about it is due. */
  tellAtMs: number;
}

/**
 * Tells of handlers that run for long. One that never ends keeps its place forever: when all places are taken so, the consumer
 * pulls nothing more, and the server counts deliveries until none is left.
 */
export class LongDeliveries {
  private readonly inWork = new Set<InWork>();
  private readonly durable: string;
  private readonly longMs: number;
  private readonly log: Logger;
  private readonly timer: NodeJS.Timeout;

  /** `longMs` is how long a handler may run before it is reported. */
  constructor(durable: string, longMs: number, log: Logger) {
    this.durable = durable;
    this.longMs = longMs;
    this.log = log;
    this.timer = setInterval(() => this.tell(), Math.min(longMs / LOOKS, MOST_BETWEEN_LOOKS_MS));
    this.timer.unref();
  }

  /** A delivery began. Returns what to call at its end. */
  begin(sequence: number): () => void {
    const one = { sequence, since: performance.now(), tellAtMs: this.longMs };
    this.inWork.add(one);
    return () => void this.inWork.delete(one);
  }

  /** Deliveries that are in work. */
  get count(): number {
    return this.inWork.size;
  }

  /** Seconds that the oldest of them has taken; 0 without any. */
  get oldestSeconds(): number {
    const [oldest] = this.inWork;
    return oldest === undefined ? 0 : (performance.now() - oldest.since) / 1000;
  }

  /** Whether so many of them, or more, have taken long. */
  fill(places: number): boolean {
    const before = performance.now() - this.longMs;
    return [...this.inWork].filter(({ since }) => since < before).length >= places;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tell(): void {
    const { durable } = this;
    for (const one of this.inWork) {
      const ageMs = performance.now() - one.since;
      if (ageMs < one.tellAtMs) continue;
      one.tellAtMs = ageMs * 2;
      const seconds = Math.round(ageMs / 1000);
      this.log.warn(
        { durable, sequence: one.sequence, seconds, inWork: this.count },
        'a message is in work for long: its handler has not ended',
      );
    }
  }
}
