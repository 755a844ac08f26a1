import type { LiveEventData, LiveEventName } from '#contracts';
import { defineStore } from 'pinia';
import { liveEventNames } from 'virtual:contract-faces';
import { onScopeDispose, ref, watch } from 'vue';
import { notifApi, pathOf, readEventStream, reportOutcome, type ServerSentEvent } from '../api/index.ts';
import { LiveConnection, type Attempt, type LiveState } from './live-connection.ts';
import { useSession } from './session.ts';

type Listener<Name extends LiveEventName> = (data: LiveEventData<Name>) => void;

/** The one live connection of the page; open while somebody is logged in. */
export const useLive = defineStore('live', () => {
  const session = useSession();
  const state = ref<LiveState>('closed');
  /** Unread notifications; undefined until the stream or somebody else tells. */
  const unread = ref<number>();
  /** Whether what others do reaches this page at once; false while messages between the services do not come through. */
  const flowing = ref(true);
  const listeners = new Map<LiveEventName, Set<Listener<never>>>();
  let connection: LiveConnection | undefined;
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
    lastEventId = connection?.lastEventId ?? lastEventId;
    connection?.close();
    connection = undefined;
  }

  async function reconnect(): Promise<void> {
    close();
    connection = new LiveConnection(readNotifications, { state: follow, event: take }, lastEventId);
    await connection.keepOpen();
  }

  function follow(now: LiveState): void {
    state.value = now;
    if (now === 'closed') flowing.value = true;
  }

  function take(event: ServerSentEvent): void {
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
      close();
      if (userId !== before) {
        lastEventId = '';
        unread.value = undefined;
      }
      if (userId) void reconnect();
    },
    { immediate: true },
  );

  return { state, unread, flowing, on, close, reconnect };
});

/** Calls `listener` with each event of that name as long as the component lives. */
export function useLiveEvent<Name extends LiveEventName>(name: Name, listener: Listener<Name>): void {
  onScopeDispose(useLive().on(name, listener));
}

const readNotifications: Attempt = async (options, listener) =>
  await readEventStream(notifApi.service, pathOf(notifApi, 'openStream'), options, {
    ...listener,
    open: () => {
      reportOutcome({ service: notifApi.service });
      listener.open();
    },
  });
