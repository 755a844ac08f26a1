/** The drafts of the catalogue that uploads are for. */
import { call, callForAnswer, queryClient, readKey, Refusal, userApi, videoApi } from '../api/index.ts';
import { detailsBody, type VideoDetails } from '../video-details/video-details.ts';
import type { UploadRow } from './upload-row.ts';

/** Versions that a save meets before it gives up. */
const SAVE_TRIES = 3;

/** Creates the draft of a row and returns its video; idempotent by the row's key. */
export async function createDraft({ key, details, file }: UploadRow): Promise<string> {
  const body = { ...detailsBody(details), fileName: file.name.slice(0, 255), bytes: file.bytes };
  const { video } = await call(videoApi, 'createVideo', { body, idempotencyKey: key });
  forgetMyVideos();
  return video.videoId;
}

/** Deletes a draft; one that is gone already is no fault. */
export async function deleteDraft(videoId: string): Promise<void> {
  try {
    await call(videoApi, 'deleteVideo', { params: { videoId } });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  forgetMyVideos();
}

/** Saves details. What is typed on this page wins over what was saved before: the version is read just before. */
export async function saveDetails(videoId: string, details: VideoDetails): Promise<void> {
  const params = { videoId };
  for (let attempt = 1; ; attempt += 1) {
    const { etag } = await callForAnswer(videoApi, 'readVideo', { params });
    try {
      await call(videoApi, 'changeVideo', { params, body: detailsBody(details), ifMatch: etag });
      break;
    } catch (error) {
      // the processing changed it in between
      if (attempt < SAVE_TRIES && error instanceof Refusal && error.code === 'version_mismatch') continue;
      throw error;
    }
  }
  forgetMyVideos();
  void queryClient.invalidateQueries({ queryKey: readKey(videoApi, 'readVideo', { params }) });
}

/** The visibility that a person chose for new videos; private while the settings cannot be read. */
export async function defaultVisibility(): Promise<VideoDetails['visibility']> {
  const settings = await queryClient
    .fetchQuery({
      queryKey: readKey(userApi, 'readSettings'),
      queryFn: () => call(userApi, 'readSettings'),
      retry: false,
    })
    .catch(() => undefined);
  return settings?.defaultVisibility ?? 'private';
}

/** Whether a refusal says that a video is not there. */
export function isGone(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'not_found';
}

/** Lets the lists of own videos be read again. */
export function forgetMyVideos(): void {
  void queryClient.invalidateQueries({ queryKey: readKey(videoApi, 'listMyVideos') });
}
