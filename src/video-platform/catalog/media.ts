import {
  accountDeleted,
  jobCancelled,
  mediaDeleted,
  mediaFailed,
  mediaProcessed,
  mediaProgress,
  mediaUploaded,
  sessionRevoked,
  videoCreated,
  videoDeleted,
  videoProcess,
  videoVisibilityChanged,
} from '#contracts';
import { consume, Env } from '#declare';
import { JOB_POLICY } from './job-policy.ts';
import { platformService } from './platform-service.ts';
import { readRenditionLadder } from './rendition-ladder.ts';
import { platformSecret } from './secrets.ts';

const GIB = 1024 ** 3;

/** media: the bytes. Accepts uploads, creates renditions and posters, and serves them to those who may see them. */
export const media = platformService('media', {
  file: 23,
  env: [
    Env.value('UPLOAD_DIR', '$(MEDIA_ROOT)/incoming'),
    Env.value('HLS_DIR', '$(MEDIA_ROOT)/hls'),
    Env.value('WORK_DIR', '$(MEDIA_ROOT)/work'),
    Env.value('MEDIA_ROOT', '/data'),
    Env.secret('UPLOAD_TICKET_PUBLIC_KEY', platformSecret('upload-ticket-public-key')),
    Env.value('UPLOAD_MAX_BYTES', 4 * GIB),
    /** Seconds after which an upload that nobody goes on with is thrown away. */
    Env.value('UPLOAD_EXPIRY_S', 86_400),
    Env.value('DISK_FLOOR_BYTES', GIB),
    Env.value('FFMPEG_PATH', '/usr/bin/ffmpeg'),
    Env.value('FFPROBE_PATH', '/usr/bin/ffprobe'),
    Env.value('TRANSCODE_TIMEOUT_S', 7200),
    Env.value('TRANSCODE_THREADS', 1),
    /** Memory that ffmpeg or ffprobe may take; with the service itself it stays below the pod's limit. */
    Env.value('TRANSCODE_MEMORY_MIB', 768),
    Env.value('RENDITIONS', '240p:400k,480p:1200k,720p:2800k', { parse: readRenditionLadder }),
    /** Seconds between two signs of life of a job; well below the time to acknowledge. */
    Env.value('JOB_WORKING_S', 15),
    Env.value('PROGRESS_INTERVAL_MS', 1000),
  ],
  publishes: [mediaUploaded, mediaProcessed, mediaFailed, mediaDeleted, mediaProgress],
  consumes: [
    consume(videoProcess, JOB_POLICY),
    consume(videoCreated),
    consume(videoVisibilityChanged),
    consume(videoDeleted),
    consume(jobCancelled),
    consume(accountDeleted),
  ],
  subscribes: [sessionRevoked],
});
