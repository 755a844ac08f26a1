/**
 * One connection of server-sent events, read with fetch. The browser's EventSource neither tells the status of a refused
 * connection nor sends Last-Event-ID on a connection that the page itself opens again; both are needed here.
 */
import { send } from './call.ts';

/** One event as it came. */
export interface ServerSentEvent {
  readonly name: string;
  readonly data: string;
  /** Id of this event, or the last one before it. */
  readonly lastEventId: string;
}

/** What a connection tells while it is open. */
export interface StreamListener {
  open(): void;
  /** Anything arrived, comments included. */
  heard(): void;
  event(event: ServerSentEvent): void;
  /** The server asks for this pause before the next connection. */
  retry(milliseconds: number): void;
}

/**
 * Reads the events of a service until the server ends the stream or `signal` is aborted. Throws `Refusal` and
 * `Unreachable` as a call does, and what the connection breaks with.
 */
export async function readEventStream(
  service: string,
  path: string,
  options: { readonly lastEventId: string; readonly signal: AbortSignal },
  listener: StreamListener,
): Promise<void> {
  const response = await send(service, path, {
    headers: {
      accept: 'text/event-stream',
      ...(options.lastEventId === '' ? {} : { 'last-event-id': options.lastEventId }),
    },
    cache: 'no-store',
    signal: options.signal,
    unlimited: true,
  });
  listener.open();
  const parser = eventParser(options.lastEventId, listener);
  const reader = response.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    listener.heard();
    parser(decoder.decode(value, { stream: true }));
  }
}

/** Takes pieces of text as they come and tells the events in them, by the rules of the HTML standard. */
export function eventParser(lastEventId: string, listener: Pick<StreamListener, 'event' | 'retry'>) {
  let rest = '';
  let id = lastEventId;
  let name = '';
  let data: string[] = [];
  const field: Readonly<Record<string, (value: string) => void>> = {
    event: (value) => (name = value),
    data: (value) => data.push(value),
    id: (value) => (id = value),
    retry: (value) => /^\d+$/.test(value) && listener.retry(Number(value)),
  };
  const line = (text: string): void => {
    if (text === '') {
      if (data.length > 0) listener.event({ name: name || 'message', data: data.join('\n'), lastEventId: id });
      name = '';
      data = [];
      return;
    }
    const [, key = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(text) ?? [];
    field[key]?.(value);
  };
  return (piece: string): void => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const text of lines) line(text);
  };
}
