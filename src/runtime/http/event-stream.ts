/** Server-sent events on one answer: headers that no proxy buffers, comments that keep it open, an end with `retry:`. */
import type { Response } from 'express';

/** A stream of events to one client. */
export interface EventStream {
  /** Sends an event; with an id the browser tells it in `Last-Event-ID` when it comes again. Does nothing once closed. */
  send(event: {
    readonly name: string;
    readonly data: unknown;
    /** Position of the event in its stream. @default - none */
    readonly id?: string | number;
  }): void;
  /** Tells the browser after how many ms to come again, and ends. */
  end(retryMs?: number): void;
  /** Resolves when the client has gone or the stream was ended. */
  readonly closed: Promise<void>;
}

const DEFAULT_RETRY_MS = 2000;
/** Bytes that may wait for a slow client; one that reads no more is let go and comes again. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** Answers with a stream of events. */
export function openEventStream(
  response: Response,
  options: {
    /** Milliseconds between two comments. */
    readonly pingMs: number;
    /** Ends the stream when it aborts: the signal of the service's drain. */
    readonly stopping: AbortSignal;
    /** What is sent last when `stopping` aborts. @default - nothing */
    readonly farewell?: () => { readonly name: string; readonly data: unknown };
    /** Milliseconds after which the browser comes again. @default 2000 */
    readonly retryMs?: number;
  },
): EventStream {
  const { pingMs, stopping, retryMs = DEFAULT_RETRY_MS } = options;
  response.status(200).set({
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    Connection: 'keep-alive',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  response.write(`retry: ${retryMs}\n\n`);
  const write = (text: string): void => {
    if (response.writableEnded || response.destroyed) return;
    response.write(text);
    if (response.writableLength > MOST_WAITING_BYTES) response.destroy();
  };
  const stream: EventStream = {
    send({ name, data, id }) {
      const lines = [...(id === undefined ? [] : [`id: ${id}`]), `event: ${name}`, `data: ${JSON.stringify(data)}`];
      write(`${lines.join('\n')}\n\n`);
    },
    end(afterMs = retryMs) {
      write(`retry: ${afterMs}\n\n`);
      if (!response.writableEnded) response.end();
    },
    closed: new Promise((resolve) => response.once('close', resolve)),
  };
  const timer = setInterval(() => write(': still here\n\n'), pingMs);
  const stop = (): void => {
    const last = options.farewell?.();
    if (last !== undefined) stream.send(last);
    stream.end();
  };
  stopping.addEventListener('abort', stop, { once: true });
  void stream.closed.then(() => {
    clearInterval(timer);
    stopping.removeEventListener('abort', stop);
  });
  if (stopping.aborted) stop();
  return stream;
}
