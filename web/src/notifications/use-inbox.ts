import type { Notification, Page } from '#contracts';
import type { InfiniteData } from '@tanstack/vue-query';
import { computed, ref, type Ref } from 'vue';
import { call, notifApi, queryClient, readKey, usePages, wordsOf } from '../api/index.ts';
import { useLive, useLiveEvent } from '../stores/live.ts';
import { useToasts } from '../stores/toasts.ts';
import { markedRead, withNewer } from './notification-days.ts';

type Pages = InfiniteData<Page<Notification>>;

/** Notifications that the bell shows. */
export const BELL_ENTRIES = 20;

/**
 * The inbox as a list that stands still: what arrives while somebody may be reading waits in `waiting` until `show` is
 * called, unless the list is empty.
 */
export function useInbox(limit: number, from?: Ref<string | undefined>) {
  const live = useLive();
  const toasts = useToasts();
  const request = { query: { limit } };
  const query = usePages(notifApi, 'listNotifications', request, from ? { from } : {});
  const waiting: Ref<readonly Notification[]> = ref([]);
  const items = computed(() => query.items.value);
  const newest = computed(() => Math.max(0, ...items.value.map(({ id }) => id), ...waiting.value.map(({ id }) => id)));

  useLiveEvent('notification', ({ notification }) => {
    waiting.value = withNewer(waiting.value, [notification]);
    if (items.value.length === 0) show();
  });
  // opened again, it shows what came meanwhile
  if (query.data.value !== undefined) void query.refetch();

  function show(): void {
    const arrived = waiting.value;
    waiting.value = [];
    changeFirst((list) => withNewer(list, arrived));
  }

  function change(how: (list: readonly Notification[], page: number) => readonly Notification[]): void {
    queryClient.setQueriesData<Pages>({ queryKey: readKey(notifApi, 'listNotifications') }, (known) =>
      known === undefined
        ? known
        : { ...known, pages: known.pages.map((page, index) => ({ ...page, items: how(page.items, index) })) },
    );
  }

  function changeFirst(how: (list: readonly Notification[]) => readonly Notification[]): void {
    change((list, page) => (page === 0 ? how(list) : list));
  }

  async function mark(which: (item: Notification) => boolean, send: () => Promise<{ unread: number }>): Promise<void> {
    const at = new Date().toISOString();
    const before = new Map(items.value.map((item) => [item.id, item.readAt]));
    change((list) => markedRead(list, which, at));
    waiting.value = markedRead(waiting.value, which, at);
    try {
      live.unread = (await send()).unread;
    } catch (error) {
      change((list) => list.map((item) => ({ ...item, readAt: before.get(item.id) ?? null })));
      toasts.tellFault(`Not marked read. ${wordsOf(error).title}`);
    }
  }

  const markRead = (item: Notification): Promise<void> =>
    mark(
      ({ id }) => id === item.id,
      () => call(notifApi, 'markRead', { params: { notificationId: item.id } }),
    );
  const markAll = (): Promise<void> => {
    const upTo = newest.value;
    return mark(
      ({ id }) => id <= upTo,
      () => call(notifApi, 'markAllRead', { body: { upTo } }),
    );
  };

  return { query, items, waiting, show, markRead, markAll };
}
