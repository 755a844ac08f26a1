import { useEventListener } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, watch } from 'vue';
import { useSession } from '../stores/session.ts';
import type { VideoDetails } from '../video-details/video-details.ts';
import { meetServer } from './server-uploads.ts';
import { uploadActions } from './upload-actions.ts';
import { uploadList } from './upload-list.ts';
import { isUnderWay } from './upload-row.ts';
import { uploadSender } from './upload-sender.ts';
import { forgetMyVideos, saveDetails } from './video-drafts.ts';

/** Files that are uploaded. They continue while one looks at other pages, and come back after a reload. */
export const useUploads = defineStore('uploads', () => {
  const session = useSession();
  const list = uploadList((key) => sender.forget(key));
  const sender = uploadSender(list, forgetMyVideos);
  const userId = computed(() => session.account?.userId);
  const underWay = computed(() => list.rows.value.some(isUnderWay));

  watch(
    userId,
    (id) => {
      sender.reset();
      list.open(id);
      if (id !== undefined) void meetServer(list, () => userId.value === id);
    },
    { immediate: true },
  );
  useEventListener('beforeunload', (event) => {
    if (underWay.value) event.preventDefault();
  });

  function type(key: string, details: Partial<VideoDetails>): void {
    list.change(key, (row) => ({ ...row, details: { ...row.details, ...details } }));
  }

  /** Saves what is typed. */
  async function save(key: string): Promise<void> {
    const row = list.rowOf(key);
    if (row?.videoId === undefined) return;
    const { videoId, details } = row;
    await saveDetails(videoId, details);
    list.change(key, (now) => ({ ...now, saved: details }));
  }

  return { rows: list.rows, underWay, type, save, ...uploadActions(list, sender) };
});
