/** What the server knows of uploads that are not complete: how far they are, and those that this browser knows nothing of. */
import type { OpenUpload, OwnVideo } from '#contracts';
import { call, mediaApi, videoApi } from '../api/index.ts';
import { detailsOf } from '../video-details/video-details.ts';
import { draftRow } from './new-row.ts';
import type { UploadList } from './upload-list.ts';
import type { UploadRow } from './upload-row.ts';
import { isGone } from './video-drafts.ts';

/** Drafts that are asked for; nobody has more under way. */
const DRAFTS = 100;

/** Brings a list in step with the server; does nothing more once `current` is false. */
export async function meetServer(list: UploadList, current: () => boolean): Promise<void> {
  const known = await Promise.all([call(mediaApi, 'listMyUploads'), listDrafts()]).catch(() => undefined);
  if (known === undefined || !current()) return;
  const [{ items: open }, drafts] = known;
  for (const { videoId, uploadId, offset } of open) {
    const row = list.rows.value.find((row) => row.videoId === videoId);
    if (row?.state === 'needs-file') list.change(row.key, (now) => ({ ...now, uploadId, sentBytes: offset }));
  }
  const doubtful = list.rows.value.filter((row) => isDoubtful(row, open));
  for (const draft of drafts.filter((video) => isUnknown(video, list.rows.value))) {
    list.add(
      draftRow(
        draft,
        detailsOf(draft),
        open.find(({ videoId }) => videoId === draft.videoId),
      ),
    );
  }
  await Promise.all(doubtful.map(async (row) => await lookAt(row, list)));
}

async function listDrafts(): Promise<readonly OwnVideo[]> {
  const { items } = await call(videoApi, 'listMyVideos', { query: { state: 'draft', limit: DRAFTS } });
  return items.toReversed();
}

/** Whether no row is about a video; one whose draft is being made now has no video yet, and is known by its file. */
function isUnknown({ videoId, fileName, bytes }: OwnVideo, rows: readonly UploadRow[]): boolean {
  return !rows.some(
    (row) =>
      row.videoId === videoId || (row.videoId === undefined && row.file.name === fileName && row.file.bytes === bytes),
  );
}

function isDoubtful({ state, videoId }: UploadRow, open: readonly OpenUpload[]): boolean {
  if (videoId === undefined) return false;
  return state === 'arrived' || (state === 'needs-file' && !open.some((upload) => upload.videoId === videoId));
}

/** A row without an open upload: its bytes arrived meanwhile, it starts over, or its video is gone. */
async function lookAt({ key, videoId }: UploadRow, list: UploadList): Promise<void> {
  if (videoId === undefined) return;
  try {
    const video = await call(videoApi, 'readVideo', { params: { videoId } });
    if (video.state !== 'draft') list.step(key, { kind: 'arrived' });
    else list.change(key, (row) => (row.state === 'needs-file' ? { ...row, uploadId: undefined, sentBytes: 0 } : row));
  } catch (error) {
    if (isGone(error)) list.remove(key);
  }
}
