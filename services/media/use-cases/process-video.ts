/**
 * The worker: one `video.process` becomes one revision. It is safe to run twice on the same message: what an attempt that
 * was killed left behind is removed, a revision that was finished but not written down is taken over, and one that was
 * written down is not made again.
 */
import { mediaFailed, mediaProcessed, videoProcess } from '#contracts';
import type { DataOf } from '#declare';
import { PermanentError, type Delivery } from '#runtime';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasRoom } from '../disk/disk-floor.ts';
import { remove, revisionFolder, uploadFile, type MediaFolders } from '../disk/media-files.ts';
import { isWanted } from '../repository/cancelled-runs.ts';
import { hasRevisionOf, insertRevision } from '../repository/revisions.ts';
import { findUpload, setContentType } from '../repository/uploads.ts';
import { lockVideo } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { JobProgress } from '../transcode/job-progress.ts';
import { revisionContent, type RevisionContent } from '../transcode/revision-content.ts';
import { transcode } from '../transcode/transcoder.ts';
import { UnusableVideo } from '../transcode/unusable-video.ts';
import { openWorkFolder, removeWorkOf } from '../transcode/work-folder.ts';
import { NotWanted, watchWork } from '../transcode/work-watch.ts';

type Job = DataOf<typeof videoProcess>;

/** One attempt at a run of a job, as its steps see it. */
interface Run {
  readonly service: Service;
  readonly folders: MediaFolders;
  readonly job: Job;
  readonly delivery: Delivery<typeof videoProcess>;
  readonly progress: JobProgress;
}

/** File beside a revision's files that says what they are. */
const CONTENT_FILE = 'revision.json';

/** Transcodes the file of a job into a revision; the handler of `video.process`. */
export async function processVideo(
  service: Service,
  folders: MediaFolders,
  delivery: Delivery<typeof videoProcess>,
): Promise<void> {
  const job = delivery.data;
  const progress = new JobProgress(service, job, delivery.attempt);
  const run: Run = { service, folders, job, delivery, progress };
  try {
    if (!(await isWanted(service.db, job))) throw new NotWanted();
    if (await hasRevisionOf(service.db, job.jobId)) return;
    await makeRevision(run);
    progress.finish();
  } catch (error) {
    if (error instanceof NotWanted) return void delivery.log.info({ jobId: job.jobId }, 'the job is no longer needed');
    progress.fail(delivery.signal.aborted ? 'the worker was stopped' : wordsOf(error));
    if (!(error instanceof UnusableVideo)) throw error;
    await writeFailure(run, error);
    throw new PermanentError(`${error.code}: ${error.message}`, { cause: error });
  } finally {
    await removeWorkOf(folders, job.jobId);
  }
}

async function makeRevision(run: Run): Promise<void> {
  const name = revisionName(run.job);
  const finished = revisionFolder(run.folders, run.job.videoId, name);
  const content = (await readContent(finished)) ?? (await build(run, finished));
  const kept = await writeDown(run, name, content);
  if (!kept) {
    await remove(finished);
    throw new NotWanted();
  }
}

/** Transcodes in a work folder and, once all is there, moves it to its place in one step. */
async function build(run: Run, finished: string): Promise<RevisionContent> {
  const { service, folders, job, delivery, progress } = run;
  const { config } = service;
  const file = await sourceOf(run);
  if (!(await hasRoom(folders.work, config.DISK_FLOOR_BYTES, 0))) throw new Error('the disk has reached its floor');
  const folder = await openWorkFolder(folders, { jobId: job.jobId, run: job.run, attempt: delivery.attempt });
  const watch = watchWork(service, job, { folder, signal: delivery.signal });
  try {
    const content = await transcode({
      file,
      folder,
      settings: {
        ffmpegPath: config.FFMPEG_PATH,
        ffprobePath: config.FFPROBE_PATH,
        threads: config.TRANSCODE_THREADS,
        timeoutSeconds: config.TRANSCODE_TIMEOUT_S,
        memoryMib: config.TRANSCODE_MEMORY_MIB,
        ladder: config.RENDITIONS,
      },
      signal: watch.signal,
      onProgress: (phase, percent) => progress.tell(phase, percent),
    });
    await writeFile(join(folder, CONTENT_FILE), JSON.stringify(content));
    watch.signal.throwIfAborted();
    await remove(finished);
    await mkdir(dirname(finished), { recursive: true });
    await rename(folder, finished);
    return content;
  } finally {
    watch.stop();
  }
}

async function sourceOf({ service, folders, job }: Run): Promise<string> {
  const upload = await findUpload(service.db, job.uploadId);
  const file = uploadFile(folders, job.uploadId);
  const found = upload?.video_id === job.videoId ? await stat(file).catch(() => undefined) : undefined;
  if (found?.isFile() === true) return file;
  throw new UnusableVideo('source_missing', 'The uploaded file no longer exists.');
}

/** Writes the revision and its message; false when the video was deleted or the run cancelled meanwhile. */
async function writeDown({ service, job }: Run, name: string, content: RevisionContent): Promise<boolean> {
  const { jobId, run, videoId, ownerId } = job;
  return await service.transaction(async (trx) => {
    const now = new Date();
    if (!(await lockVideo(trx, videoId)) || !(await isWanted(trx, job))) return false;
    const { contentType, ...held } = content;
    const inserted = await insertRevision(trx, {
      video_id: videoId,
      revision: name,
      job_id: jobId,
      duration_seconds: held.durationSeconds,
      width: held.width,
      height: held.height,
      has_audio: held.hasAudio,
      has_poster: held.hasPoster,
      renditions: JSON.stringify(held.renditions),
      stored_bytes: held.storedBytes,
      created_at: now,
    });
    if (!inserted) return true;
    await setContentType(trx, job.uploadId, contentType);
    await service.enqueue(trx, mediaProcessed, {
      id: `processed:${jobId}:run:${run}`,
      aggregate: videoId,
      data: { jobId, run, videoId, ownerId, revision: name, ...held, processedAt: now.toISOString() },
    });
    return true;
  });
}

async function writeFailure({ service, job, delivery }: Run, error: UnusableVideo): Promise<void> {
  const { jobId, run, videoId, ownerId, fileName } = job;
  await service.transaction(async (trx) => {
    const failedAt = new Date().toISOString();
    const { code, message: reason } = error;
    await service.enqueue(trx, mediaFailed, {
      id: `failed:${jobId}:run:${run}`,
      aggregate: videoId,
      data: { jobId, run, videoId, ownerId, fileName, code, reason, attempt: delivery.attempt, failedAt },
    });
  });
}

/** The same for each attempt of a run, so that an attempt finds what the one before finished. */
function revisionName({ jobId, run }: Job): string {
  return `r${run}-${jobId.slice(0, 8)}`;
}

async function readContent(folder: string): Promise<RevisionContent | undefined> {
  try {
    return revisionContent.parse(JSON.parse(await readFile(join(folder, CONTENT_FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The reason of a failure for the owner: only texts that were written for people. */
function wordsOf(error: unknown): string {
  return error instanceof UnusableVideo ? error.message : 'processing failed and will be retried';
}
