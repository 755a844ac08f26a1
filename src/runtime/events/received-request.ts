import { parametersOf, type NatsRequest, type RequestOf, type SubjectValues } from '#declare';
import type { Logger } from '../log.ts';
import type { ReceivedRequest } from './parts.ts';

/** How long a caller waits, and the signal that says when it does no longer. The signal is made for who asks for it. */
export class Patience {
  private readonly deadline: number;
  private readonly allowedMs: number;
  private controller: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Whether the service ends and does not wait longer. */
  stopped = false;
  /** Whether the signal has said so; a timer may be a moment early. */
  private gone = false;

  constructor(allowedMs: number) {
    this.allowedMs = allowedMs;
    this.deadline = performance.now() + allowedMs;
  }

  /** Whether the caller has gone. */
  get over(): boolean {
    return this.gone || performance.now() >= this.deadline;
  }

  get signal(): AbortSignal {
    if (this.controller !== undefined) return this.controller.signal;
    const controller = new AbortController();
    this.controller = controller;
    if (this.stopped) controller.abort(STOPPING);
    const leave = (): void => {
      this.gone = true;
      controller.abort(new Error(`the caller has gone: it waited ${this.allowedMs / 1000} s`));
    };
    this.timer = setTimeout(leave, Math.max(0, this.deadline - performance.now()));
    return controller.signal;
  }

  /** Aborts the signal because the service ends. */
  stop(): void {
    this.stopped = true;
    this.controller?.abort(STOPPING);
  }

  /** The handler has ended. */
  settled(): void {
    clearTimeout(this.timer);
  }
}

const STOPPING = new Error('the service is stopping');

/** A request as its handler gets it; a class for the reason that {@link ReadDelivery} is one. */
export class ReadRequest<R extends NatsRequest> implements ReceivedRequest<R> {
  readonly data: RequestOf<R>;
  readonly subject: string;
  readonly #pattern: string;
  readonly #patience: Patience;
  readonly #parentLog: Logger;
  #log: Logger | undefined;

  constructor(
    data: RequestOf<R>,
    place: { readonly pattern: string; readonly subject: string },
    patience: Patience,
    log: Logger,
  ) {
    this.data = data;
    this.subject = place.subject;
    this.#pattern = place.pattern;
    this.#patience = patience;
    this.#parentLog = log;
  }

  get values(): SubjectValues<R['subject']> {
    return valuesIn(this.#pattern, this.subject) as SubjectValues<R['subject']>;
  }

  get signal(): AbortSignal {
    return this.#patience.signal;
  }

  get log(): Logger {
    return (this.#log ??= this.#parentLog.child({ request: this.subject }));
  }
}

/** Values of the parameters of a pattern in one of its subjects. */
function valuesIn(pattern: string, subject: string): Readonly<Record<string, string>> {
  const tokens = subject.split('.');
  const places = pattern.split('.').map((token, index) => [parametersOf(token)[0], tokens[index]]);
  return Object.fromEntries(places.filter(([name]) => name !== undefined)) as Record<string, string>;
}
