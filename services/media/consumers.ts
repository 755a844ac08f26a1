import {
  accountDeleted,
  jobCancelled,
  videoCreated,
  videoDeleted,
  videoProcess,
  videoVisibilityChanged,
} from '#contracts';
import type { Consumption } from '#runtime';
import type { MediaFolders } from './disk/media-files.ts';
import { cancelRun } from './repository/cancelled-runs.ts';
import { projectVideo, videosOf } from './repository/videos.ts';
import type { Service } from './service.ts';
import { MOST_TRIES } from './transcode/transcoder.ts';
import { deleteMedia } from './use-cases/delete-media.ts';
import { processVideo } from './use-cases/process-video.ts';

/** How long a job waits after a failure. */
export interface JobPatience {
  /** Seconds before the second, third, … delivery. @default - those of the declaration */
  readonly nakDelaysSeconds?: readonly number[];
}

/** One handler for each message that media consumes. */
export function consumers(service: Service, folders: MediaFolders, patience: JobPatience): Consumption[] {
  const workingEveryMs = service.config.JOB_WORKING_S * 1000;
  // a healthy job may encode so often, each time so long; its signs of life come from a timer and do not tell
  const longAfterSeconds = service.config.TRANSCODE_TIMEOUT_S * MOST_TRIES;
  return [
    service.consumer(videoProcess, async (delivery) => await processVideo(service, folders, delivery), {
      concurrency: 1,
      workingEveryMs,
      longAfterSeconds,
      ...patience,
    }),
    service.transactionalConsumer(videoCreated, async ({ data }, trx) => await projectVideo(trx, data)),
    service.transactionalConsumer(videoVisibilityChanged, async ({ data }, trx) => await projectVideo(trx, data)),
    service.transactionalConsumer(
      jobCancelled,
      async ({ data }, trx) => await cancelRun(trx, data.jobId, data.run, new Date()),
    ),
    // files know no transaction: both may run twice
    service.consumer(videoDeleted, async ({ data }) => await deleteMedia(service, folders, data)),
    service.consumer(accountDeleted, async ({ data: { userId: ownerId } }) => {
      for (const videoId of await videosOf(service.db, ownerId))
        await deleteMedia(service, folders, { videoId, ownerId });
    }),
  ];
}
