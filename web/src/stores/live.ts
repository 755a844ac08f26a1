import type { LiveEventData, LiveEventName } from '#contracts';
import { defineStore } from 'pinia';
import { liveEventNames } from 'virtual:contract-faces';
import { onScopeDispose, ref, watch } from 'vue';
import { notifApi, pathOf, readEventStream, Refusal, reportOutcome, type ServerSentEvent } from '../api/index.ts';
import { useSession } from './session.ts';

/** Delays of the live connection in milliseconds: the first pause, the longest, and the silence after which it counts as broken. */
export const LIVE_DELAYS = { first: 1_000, longest: 30_000, silence: 40_000 } as const;

/** Where the live connection is. */
export type LiveState = 'closed' | 'connecting' | 'open' | 'waiting';

type Listener<Name extends LiveEventName> = (data: LiveEventData<Name>) => void;

/** The one live connection of the page; open while somebody is logged in. */
export const useLive = defineStore('live', () => {
  const session = useSession();
  const state = ref<LiveState>('closed');
  /** Notifications that were not read; undefined until the stream or somebody else tells. */
  const unread = ref<number>();
  /** Whether what others do reaches this page at once; false while messages between the services do not come through. */
  const flowing = ref(true);
  const listeners = new Map<LiveEventName, Set<Listener<never>>>();
  let connection: AbortController | undefined;
  let lastEventId = '';

  /** Calls `listener` with each event of that name; returns what ends it. */
  function on<Name extends LiveEventName>(name: Name, listener: Listener<Name>): () => void {
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  on('hello', (data) => {
    unread.value = data.unread;
    flowing.value = true;
  });
  on('messages', (data) => (flowing.value = data.flowing));
  on('notification', (data) => (unread.value = data.unread));
  on('unread', (data) => (unread.value = data.unread));

  function close(): void {
    connection?.abort();
    connection = undefined;
    state.value = 'closed';
    flowing.value = true;
  }

  async function keepOpen(): Promise<void> {
    close();
    const own = new AbortController();
    connection = own;
    let failures = 0;
    let asked: number | undefined;
    while (!own.signal.aborted) {
      state.value = 'connecting';
      const broken = await connectOnce(own.signal, {
        opened: () => {
          failures = 0;
          asked = undefined;
          state.value = 'open';
        },
        retry: (milliseconds) => (asked = milliseconds),
      });
      if (own.signal.aborted) return;
      if (isFinal(broken)) return close();
      state.value = 'waiting';
      failures += 1;
      await pause(asked ?? retryAfter(broken) ?? backoff(failures), own.signal);
    }
  }

  async function connectOnce(
    signal: AbortSignal,
    tell: { opened: () => void; retry: (milliseconds: number) => void },
  ): Promise<unknown> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), LIVE_DELAYS.silence);
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), LIVE_DELAYS.silence);
    };
    try {
      await readEventStream(
        notifApi.service,
        pathOf(notifApi, 'openStream'),
        { lastEventId, signal: AbortSignal.any([signal, silence.signal]) },
        {
          open: () => {
            heard();
            reportOutcome({ service: notifApi.service });
            tell.opened();
          },
          heard,
          event: take,
          retry: tell.retry,
        },
      );
      return undefined;
    } catch (error) {
      return error;
    } finally {
      clearTimeout(timer);
    }
  }

  function take(event: ServerSentEvent): void {
    lastEventId = event.lastEventId;
    const name = liveEventNames.find((known) => known === event.name);
    if (name === undefined) return;
    const data = JSON.parse(event.data) as never;
    for (const listener of listeners.get(name) ?? []) listener(data);
    if (name === 'session-revoked') {
      close();
      session.end('revoked');
    }
  }

  watch(
    () => session.session?.account.userId,
    (userId, before) => {
      if (userId !== before) {
        lastEventId = '';
        unread.value = undefined;
      }
      if (userId) void keepOpen();
      else close();
    },
    { immediate: true },
  );

  return { state, unread, flowing, on, close, reconnect: keepOpen };
});

/** Calls `listener` with each event of that name as long as the component lives. */
export function useLiveEvent<Name extends LiveEventName>(name: Name, listener: Listener<Name>): void {
  onScopeDispose(useLive().on(name, listener));
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
