import { computed, ref, toValue, watch, type MaybeRefOrGetter } from 'vue';
import { call, queryClient, queueApi, readKey, useRead, videoApi } from '../api/index.ts';
import { useLive, useLiveEvent } from '../stores/live.ts';
import { isSettled, NOTHING_KNOWN, processingSteps, withJob, withProgress, withVideo } from './processing.ts';

/** Milliseconds between two looks while something goes on: with the live stream open, and without it. */
const LOOK_MS = { live: 15_000, alone: 3_000 } as const;

/** Follows the processing of an own video: live, and by looking while the live stream is away. */
export function useProcessing(videoId: string, enabled: MaybeRefOrGetter<boolean> = true) {
  const live = useLive();
  const known = ref(NOTHING_KNOWN);
  const settled = computed(() => isSettled(known.value));
  const every = (): number | false => {
    if (settled.value) return false;
    return live.state === 'open' ? LOOK_MS.live : LOOK_MS.alone;
  };
  const video = useRead(videoApi, 'readVideo', { params: { videoId } }, { enabled, every });
  const jobs = useRead(queueApi, 'listMyJobs', { query: { videoId, limit: 1 } }, { enabled, every });

  watch(
    () => video.data.value,
    (told) => {
      if (told) known.value = withVideo(known.value, told);
    },
    { immediate: true },
  );
  watch(
    () => jobs.data.value?.items[0],
    (told) => {
      if (told) known.value = withJob(known.value, told);
    },
    { immediate: true },
  );
  useLiveEvent('progress', (told) => {
    if (told.videoId !== videoId || !toValue(enabled)) return;
    known.value = withProgress(known.value, told);
    if (told.phase === 'done' || told.problem !== undefined) void look();
  });
  useLiveEvent('notification', ({ notification }) => {
    if (notification.videoId === videoId && toValue(enabled) && !settled.value) void look();
  });

  async function look(): Promise<void> {
    await Promise.all([video.refetch(), jobs.refetch()]);
  }

  /** Puts a job that failed into the queue again. */
  async function retry(): Promise<void> {
    const jobId = known.value.job?.jobId;
    if (jobId === undefined) return;
    const job = await call(queueApi, 'retryJob', { params: { jobId }, idempotencyKey: crypto.randomUUID() });
    known.value = withJob({ ...known.value, state: 'processing', failure: null, job: undefined }, job);
    await queryClient.invalidateQueries({ queryKey: readKey(queueApi, 'listMyJobs') });
  }

  return { known, settled, steps: computed(() => processingSteps(known.value)), video, jobs, retry, look };
}
