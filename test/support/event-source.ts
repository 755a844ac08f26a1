/** A client of server-sent events as a test wants it: what came, in order, and what ended it. */
import { request, type IncomingMessage } from 'node:http';

/** One event that came. */
export interface ReceivedEvent {
  readonly name: string;
  readonly data: unknown;
  /** Undefined when the event carried none. */
  readonly id: string | undefined;
}

/** An open stream of events. */
export interface EventSourceClient {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** All events so far. */
  readonly events: readonly ReceivedEvent[];
  /** Everything so far as it came, comments and `retry:` included. */
  readonly text: string;
  /** Id of the last event that carried one. */
  readonly lastEventId: string | undefined;
  /** Resolves with the first event, seen or to come, that a claim holds for; rejects after a time or when the stream ends. */
  next(claim: (event: ReceivedEvent) => boolean, withinMs?: number): Promise<ReceivedEvent>;
  /** Resolves when the server has ended or broken the stream. */
  readonly ended: Promise<void>;
  /** Stops reading, as a page does whose machine sleeps. */
  pause(): void;
  close(): void;
}

const DEFAULT_WAIT_MS = 10_000;

/** Opens a stream and resolves when its head is there. */
export async function openEvents(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventSourceClient> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers: { accept: 'text/event-stream', ...headers } }, resolve)
      .once('error', reject)
      .end();
  });
  const events: ReceivedEvent[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  let rest = '';
  let isOver = false;
  const tell = (): void => waiting.forEach((look) => look());
  response.setEncoding('utf8');
  response.on('data', (piece: string) => {
    text += piece;
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    events.push(...blocks.flatMap(eventOf));
    tell();
  });
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      isOver = true;
      tell();
      resolve();
    };
    response.once('end', end).once('close', end).once('error', end);
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    get text() {
      return text;
    },
    get lastEventId() {
      return events.findLast(({ id }) => id !== undefined)?.id;
    },
    ended,
    async next(claim, withinMs = DEFAULT_WAIT_MS) {
      return await new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          waiting.delete(look);
          clearTimeout(timer);
          act();
        };
        const failure = (why: string): Error => new Error(`${why}; so far came ${JSON.stringify(events)}`);
        const look = (): void => {
          const found = events.find(claim);
          if (found !== undefined) settle(() => resolve(found));
          else if (isOver) settle(() => reject(failure('the stream ended before the event')));
        };
        const timer = setTimeout(() => settle(() => reject(failure(`no such event within ${withinMs} ms`))), withinMs);
        waiting.add(look);
        look();
      });
    },
    pause: () => response.pause(),
    close: () => response.destroy(),
  };
}

function eventOf(block: string): ReceivedEvent[] {
  const field = (name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  const name = field('event');
  return data === undefined || name === undefined ? [] : [{ name, data: JSON.parse(data) as unknown, id: field('id') }];
}
