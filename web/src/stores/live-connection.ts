/** Keeps one stream of events open: opens it again after each break, with pauses that grow. */
import { firstOf, Refusal, type ServerSentEvent, type StreamListener } from '../api/index.ts';

/** Delays in milliseconds: the first pause, the longest, and the silence after which a connection counts as broken. */
export const LIVE_DELAYS = { first: 1_000, longest: 30_000, silence: 40_000 } as const;

/** Where the connection is. */
export type LiveState = 'closed' | 'connecting' | 'open' | 'waiting';

/** Reads the stream once, until it ends; throws what it breaks with. */
export type Attempt = (
  options: { readonly lastEventId: string; readonly signal: AbortSignal },
  listener: StreamListener,
) => Promise<void>;

/** What a connection reports. */
export interface ConnectionListener {
  state(state: LiveState): void;
  event(event: ServerSentEvent): void;
}

/** The connection of one person, from its start to its close. */
export class LiveConnection {
  readonly #attempt: Attempt;
  readonly #listener: ConnectionListener;
  readonly #closed = new AbortController();
  #lastEventId: string;
  #failures = 0;
  #askedPauseMs: number | undefined;

  constructor(attempt: Attempt, listener: ConnectionListener, lastEventId = '') {
    this.#attempt = attempt;
    this.#listener = listener;
    this.#lastEventId = lastEventId;
  }

  /** Id of the newest event, from which another connection may continue. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  close(): void {
    this.#closed.abort();
    this.#listener.state('closed');
  }

  /** Resolves when it is closed, by its owner or by a refusal that no new attempt can mend. */
  async keepOpen(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      this.#listener.state('connecting');
      const broken = await this.#connectOnce();
      if (signal.aborted) return;
      if (isFinal(broken)) return this.close();
      this.#listener.state('waiting');
      this.#failures += 1;
      await pause(this.#askedPauseMs ?? retryAfter(broken) ?? backoff(this.#failures), signal);
    }
  }

  async #connectOnce(): Promise<unknown> {
    const silence = new SilenceWatch(LIVE_DELAYS.silence);
    const signal = firstOf([this.#closed.signal, silence.signal]);
    try {
      await this.#attempt(
        { lastEventId: this.#lastEventId, signal },
        {
          open: () => {
            silence.heard();
            this.#failures = 0;
            this.#askedPauseMs = undefined;
            this.#listener.state('open');
          },
          heard: () => silence.heard(),
          event: (event) => {
            this.#lastEventId = event.lastEventId;
            this.#listener.event(event);
          },
          retry: (milliseconds) => (this.#askedPauseMs = milliseconds),
        },
      );
      return undefined;
    } catch (error) {
      return error;
    } finally {
      silence.stop();
    }
  }
}

/** Aborts its signal after a time in which nothing was heard. */
class SilenceWatch {
  readonly #milliseconds: number;
  readonly #tooLong = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#tooLong.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tooLong.abort(), this.#milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof Refusal && (error.problem.status === 401 || error.problem.status === 403);
}

function retryAfter(error: unknown): number | undefined {
  const seconds = error instanceof Refusal ? error.problem.retryAfterSeconds : undefined;
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Doubles with each failure, and spreads what many pages would do at once. */
function backoff(failures: number): number {
  const full = Math.min(LIVE_DELAYS.longest, LIVE_DELAYS.first * 2 ** (failures - 1));
  return full * (0.5 + Math.random() / 2);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    // no need to wait on when the network is back
    globalThis.addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
