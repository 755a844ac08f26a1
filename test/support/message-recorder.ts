import type { DataOf, Message } from '#declare';
import type { OpenNats } from '#runtime/events/connection';
import { subscribe } from '#runtime/events/publisher';
import { createLogger } from '#runtime';

/** Messages of one kind, kept as they come. */
export interface MessageRecorder<M extends Message> {
  /** Data of all that came. */
  readonly heard: readonly DataOf<M>[];
  /** Resolves with the first, of those that came and those to come, that fits; rejects after `withinMs`, 5 s if not said. */
  first(fits: (data: DataOf<M>) => boolean, withinMs?: number): Promise<DataOf<M>>;
}

/** Listens to a kind of message from now on. */
export async function recordMessages<M extends Message>(link: OpenNats, message: M): Promise<MessageRecorder<M>> {
  const heard: DataOf<M>[] = [];
  const waiting = new Set<() => void>();
  const log = createLogger({ service: 'test', version: '0', level: 'silent' });
  subscribe(
    link,
    message,
    ({ data }) => {
      heard.push(data as DataOf<M>);
      waiting.forEach((look) => look());
    },
    log,
  );
  await link.connection.flush();
  return {
    heard,
    async first(fits, withinMs = 5000) {
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no fitting ${message.subject} within ${withinMs} ms among ${JSON.stringify(heard)}`));
        }, withinMs);
        const look = (): void => {
          const found = heard.find(fits);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}
