import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { useEventListener } from '@vueuse/core';
import {
  call,
  callForAnswer,
  mediaApi,
  queryClient,
  readKey,
  Refusal,
  userApi,
  videoApi,
  wordsOf,
} from '../api/index.ts';
import { detailsBody } from '../video-details/video-details-check.ts';
import { transferFile, type Transfer } from './file-transfer.ts';
import { recalledRow, uploadKeeper } from './kept-uploads.ts';
import { newRow, rowFromServer } from './new-row.ts';
import { speedMeter } from './transfer-speed.ts';
import {
  fileFault,
  isUnderWay,
  markOf,
  stepped,
  titleFrom,
  type UploadRow,
  type UploadStep,
  type VideoDetails,
} from './upload-row.ts';
import { useSession } from '../stores/session.ts';

/** Files that are sent at the same time; the others stand in line. */
const AT_ONCE = 2;

/** Files on their way. They go on while one looks at other pages, and come back after a reload. */
export const useUploads = defineStore('uploads', () => {
  const session = useSession();
  const rows = ref<readonly UploadRow[]>([]);
  const files = new Map<string, File>();
  const transfers = new Map<string, Transfer>();
  const userId = computed(() => session.account?.userId);
  const underWay = computed(() => rows.value.some(isUnderWay));

  watch(
    userId,
    (id) => {
      for (const transfer of transfers.values()) transfer.stop();
      transfers.clear();
      files.clear();
      rows.value = id === undefined ? [] : keeperOf(id).read().map(recalledRow);
      if (id !== undefined) void meetServer();
    },
    { immediate: true },
  );
  watch(rows, (now) => {
    if (userId.value !== undefined) keeperOf(userId.value).write(now);
  });
  useEventListener('beforeunload', (event) => {
    if (underWay.value) event.preventDefault();
  });

  function take(key: string, step: UploadStep): void {
    change(key, (row) => stepped(row, step));
    if (step.kind !== 'moved') startNext();
  }

  function change(key: string, how: (row: UploadRow) => UploadRow): void {
    rows.value = rows.value.map((row) => (row.key === key ? how(row) : row));
  }

  const rowOf = (key: string): UploadRow | undefined => rows.value.find((row) => row.key === key);

  /** Adds files; each gets its draft at once. */
  async function add(given: readonly File[]): Promise<void> {
    const visibility = await defaultVisibility();
    for (const file of given) {
      const key = crypto.randomUUID();
      files.set(key, file);
      const details = { title: titleFrom(file.name), description: '', tags: '', visibility };
      rows.value = [...rows.value, newRow(key, file, details)];
      void draft(key);
    }
  }

  /** Makes the draft of a row; the same key makes it once. */
  async function draft(key: string): Promise<void> {
    const row = rowOf(key);
    if (row?.state !== 'preparing') return;
    const { details } = row;
    const body = { ...detailsBody(details), fileName: row.file.name.slice(0, 255), bytes: row.file.bytes };
    try {
      const { video } = await call(videoApi, 'createVideo', { body, idempotencyKey: key });
      forgetLists();
      if (rowOf(key) === undefined) return void call(videoApi, 'deleteVideo', { params: { videoId: video.videoId } });
      take(key, { kind: 'drafted', videoId: video.videoId, saved: details });
    } catch (error) {
      take(key, { kind: 'refused', failure: wordsOf(error) });
    }
  }

  function startNext(): void {
    const free = AT_ONCE - rows.value.filter(({ state }) => state === 'sending' || state === 'stalled').length;
    for (const row of rows.value.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, free))) send(row);
  }

  function send({ key, uploadId, videoId }: UploadRow): void {
    const file = files.get(key);
    if (file === undefined || videoId === undefined) return;
    const meter = speedMeter();
    change(key, (row) => stepped(row, { kind: 'begun' }));
    const transfer = transferFile(
      {
        file,
        uploadId,
        ticket: async () => (await call(videoApi, 'renewUpload', { params: { videoId } })).ticket,
      },
      {
        located: (id) => take(key, { kind: 'located', uploadId: id }),
        moved: (sentBytes) =>
          take(key, { kind: 'moved', sentBytes, bytesPerSecond: meter.measure(sentBytes, performance.now()) }),
        lost: () => take(key, { kind: 'lost' }),
        refused: (error) => take(key, { kind: 'refused', failure: wordsOf(error) }),
        arrived: () => {
          files.delete(key);
          transfers.delete(key);
          take(key, { kind: 'arrived' });
          forgetLists();
        },
      },
    );
    transfers.set(key, transfer);
  }

  function halt(key: string): void {
    transfers.get(key)?.stop();
    transfers.delete(key);
  }

  function pause(key: string): void {
    halt(key);
    take(key, { kind: 'paused' });
  }

  /** Goes on with what was paused or refused. */
  function resume(key: string): void {
    halt(key);
    take(key, { kind: 'resumed' });
    void draft(key);
  }

  /** Gives a row its file back after a reload; tells why when it is another one. */
  function giveFile(key: string, file: File): string | undefined {
    const row = rowOf(key);
    if (row === undefined) return undefined;
    const fault = fileFault(row.file, markOf(file));
    if (fault !== undefined) return fault;
    files.set(key, file);
    take(key, { kind: 'file-given' });
    void draft(key);
    return undefined;
  }

  /** Finds the rows among those that wait for their file to which files belong; gives back the files that belong to none. */
  function reunite(given: readonly File[]): readonly File[] {
    return given.filter((file) => {
      const row = rows.value.find(({ state, file: mark }) => state === 'needs-file' && !fileFault(mark, markOf(file)));
      if (row) giveFile(row.key, file);
      return row === undefined;
    });
  }

  /** Gives up an upload and deletes its draft. */
  async function cancel(key: string): Promise<void> {
    const row = rowOf(key);
    if (row === undefined) return;
    const wasGoing = isUnderWay(row);
    if (wasGoing) pause(key);
    if (row.videoId !== undefined) {
      try {
        await call(videoApi, 'deleteVideo', { params: { videoId: row.videoId } });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
    dismiss(key);
    forgetLists();
  }

  /** Takes a row off the list; the video stays. */
  function dismiss(key: string): void {
    halt(key);
    files.delete(key);
    rows.value = rows.value.filter((row) => row.key !== key);
    startNext();
  }

  function type(key: string, details: Partial<VideoDetails>): void {
    change(key, (row) => ({ ...row, details: { ...row.details, ...details } }));
  }

  /** Saves what is typed. The typing of this page wins over what was saved before: the version is read just before. */
  async function save(key: string): Promise<void> {
    const row = rowOf(key);
    if (row?.videoId === undefined) return;
    const { videoId, details } = row;
    const params = { videoId };
    for (let attempt = 1; ; attempt += 1) {
      const { etag } = await callForAnswer(videoApi, 'readVideo', { params });
      try {
        await call(videoApi, 'changeVideo', { params, body: detailsBody(details), ifMatch: etag });
        break;
      } catch (error) {
        // the processing changed it in between
        if (attempt < 3 && error instanceof Refusal && error.code === 'version_mismatch') continue;
        throw error;
      }
    }
    change(key, (now) => ({ ...now, saved: details }));
    forgetLists();
    void queryClient.invalidateQueries({ queryKey: readKey(videoApi, 'readVideo', { params }) });
  }

  /** Learns from the server which uploads are open and how far they are: also those that this browser knows nothing of. */
  async function meetServer(): Promise<void> {
    const asked = userId.value;
    const open = await call(mediaApi, 'listMyUploads').catch(() => undefined);
    if (open === undefined || asked !== userId.value) return;
    for (const { videoId, uploadId, offset } of open.items) {
      const known = rows.value.find((row) => row.videoId === videoId);
      if (known?.state === 'needs-file') change(known.key, (row) => ({ ...row, uploadId, sentBytes: offset }));
    }
    const foreign = open.items.filter(({ videoId }) => !rows.value.some((row) => row.videoId === videoId));
    const recalled = await Promise.all(foreign.map(rowFromServer));
    if (asked !== userId.value) return;
    rows.value = [...rows.value, ...recalled.filter((row) => row !== undefined)];
    await Promise.all(rows.value.filter((row) => isDoubtful(row, open.items)).map(lookAt));
  }

  /** A row without an open upload: its bytes arrived meanwhile, it starts over, or its video is gone. */
  async function lookAt({ key, videoId }: UploadRow): Promise<void> {
    if (videoId === undefined) return;
    try {
      const video = await call(videoApi, 'readVideo', { params: { videoId } });
      if (video.state !== 'draft') take(key, { kind: 'arrived' });
      else change(key, (row) => (row.state === 'needs-file' ? { ...row, uploadId: undefined, sentBytes: 0 } : row));
    } catch (error) {
      if (isGone(error)) dismiss(key);
    }
  }

  return { rows, underWay, add, pause, resume, giveFile, reunite, cancel, dismiss, type, save };
});

function keeperOf(userId: string) {
  return uploadKeeper(localStorage, userId);
}

function isDoubtful({ state, videoId }: UploadRow, open: readonly { readonly videoId: string }[]): boolean {
  if (videoId === undefined) return false;
  return state === 'arrived' || (state === 'needs-file' && !open.some((upload) => upload.videoId === videoId));
}

async function defaultVisibility(): Promise<VideoDetails['visibility']> {
  const settings = await queryClient
    .fetchQuery({
      queryKey: readKey(userApi, 'readSettings'),
      queryFn: () => call(userApi, 'readSettings'),
      retry: false,
    })
    .catch(() => undefined);
  return settings?.defaultVisibility ?? 'private';
}

function isGone(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'not_found';
}

function forgetLists(): void {
  void queryClient.invalidateQueries({ queryKey: readKey(videoApi, 'listMyVideos') });
}
