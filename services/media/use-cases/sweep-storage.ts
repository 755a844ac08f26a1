/** What nobody comes back to is cleared away: uploads that ran out, and files that a killed process left without a row. */
import { stat } from 'node:fs/promises';
import { namesIn, pathWithin, remove, type MediaFolders } from '../disk/media-files.ts';
import { sweepCancelledRuns } from '../repository/cancelled-runs.ts';
import { findUpload, openUploads } from '../repository/uploads.ts';
import { knowsAnyVideo } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { sweepWorkFolders } from '../transcode/work-folder.ts';
import { giveUpUpload } from '../upload/announce-upload.ts';
import { finishUpload } from '../upload/finish-upload.ts';

/** A work folder is touched every second. */
const ABANDONED_MS = 60_000;
/** Longer than anything stands between a file and its row. */
const UNCLAIMED_MS = 3_600_000;
/** Longer than the stream of jobs can ask for a run again. */
const CANCELLATION_KEPT_MS = 30 * 86_400_000;

/** Removes what nobody comes back to, once. */
export async function sweepStorage(service: Service, folders: MediaFolders, now: Date): Promise<void> {
  const before = (ms: number): Date => new Date(now.getTime() - ms);
  await sweepUploads(service, folders, now);
  const abandoned = await sweepWorkFolders(folders, before(ABANDONED_MS));
  if (abandoned.length > 0) service.log.info({ abandoned }, 'removed abandoned work');
  if (await knowsAnyVideo(service.db)) {
    await sweepUploadFiles(service, folders, before(UNCLAIMED_MS));
    await sweepRevisionFolders(service, folders, before(UNCLAIMED_MS));
  } else {
    await tellOfFilesWithoutDatabase(service, folders);
  }
  await sweepCancelledRuns(service.db, before(CANCELLATION_KEPT_MS));
}

/** Ends uploads that ran out, and finishes those whose last byte came just before a kill. */
async function sweepUploads(service: Service, folders: MediaFolders, now: Date): Promise<void> {
  for (const upload of await openUploads(service.db)) {
    if (await finishUpload(service, folders, upload)) continue;
    if (upload.expires_at > now) continue;
    try {
      await giveUpUpload(service, folders, upload.upload_id);
    } catch (error) {
      service.log.warn({ err: error, uploadId: upload.upload_id }, 'an expired upload stays until the next sweep');
    }
  }
}

async function sweepUploadFiles(service: Service, folders: MediaFolders, before: Date): Promise<void> {
  for (const name of await namesIn(folders.uploads)) {
    const file = pathWithin(folders.uploads, name);
    if ((await isOlder(file, before)) && (await findUpload(service.db, name)) === undefined) await remove(file);
  }
}

async function sweepRevisionFolders(service: Service, folders: MediaFolders, before: Date): Promise<void> {
  for (const videoId of await namesIn(folders.hls)) {
    const rows = await service.db.selectFrom('revision').select('revision').where('video_id', '=', videoId).execute();
    const known = rows.map((row) => row.revision);
    for (const revision of await namesIn(pathWithin(folders.hls, videoId))) {
      const folder = pathWithin(folders.hls, videoId, revision);
      if (!known.includes(revision) && (await isOlder(folder, before))) await remove(folder);
    }
  }
}

/** Even of deleted videos a row stays, so a database without any is a new one: a full disk then waits for the backup. */
async function tellOfFilesWithoutDatabase({ log }: Service, folders: MediaFolders): Promise<void> {
  const [uploads, videos] = [await namesIn(folders.uploads), await namesIn(folders.hls)];
  if (uploads.length + videos.length === 0) return;
  const found = { uploads: uploads.length, videos: videos.length };
  log.error(
    found,
    'kept all files because the database contains no video: restore its backup, or empty the disk by hand',
  );
}

async function isOlder(path: string, before: Date): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtime < before;
}
