/** The HTTP face of media, under /api/media: resumable uploads (tus 1.0.0) and the bytes of videos. */
import * as z from 'zod';
import { byteCount, instant, revision, seconds, uploadId, videoId } from '../identifier.ts';
import { fileName, rendition } from '../media.ts';
import { UPLOAD_TICKET_HEADER } from '../upload-ticket.ts';
import { listOf } from './page.ts';
import { defineApi } from '#declare';

export * from '../media.ts';

/** Version of the tus protocol that media speaks. */
export const TUS_VERSION = '1.0.0';

/** Media type of a piece of an upload. */
export const TUS_MEDIA_TYPE = 'application/offset+octet-stream';

/** Path segment of one rendition. */
export const renditionName = z.string().regex(/^[a-z0-9]{1,16}$/, 'must be 1 to 16 of a-z 0-9');
/** File name of a segment or of an initialisation section. */
export const segmentName = z.string().regex(/^[a-z0-9_-]{1,40}\.(ts|m4s|mp4)$/, 'must be the name of a segment');

/** An upload that is not complete. */
export const openUpload = z.object({
  uploadId,
  videoId,
  fileName,
  bytes: byteCount,
  /** Bytes that arrived. */
  offset: byteCount,
  startedAt: instant,
  expiresAt: instant,
});
/** An upload that is not complete. */
export type OpenUpload = z.infer<typeof openUpload>;

/** What media holds of a video. */
export const mediaInfo = z.object({
  videoId,
  /** The original, for its owner and administrators; null for others, and until it arrived. */
  original: z.object({ fileName, bytes: byteCount, contentType: z.string(), uploadedAt: instant }).nullable(),
  /** What can be played; null until it is made. */
  playable: z
    .object({
      revision,
      durationSeconds: seconds,
      width: z.int().min(1),
      height: z.int().min(1),
      hasAudio: z.boolean(),
      hasPoster: z.boolean(),
      renditions: z.array(rendition),
    })
    .nullable(),
});
/** What media holds of a video. */
export type MediaInfo = z.infer<typeof mediaInfo>;

const byUpload = z.object({ uploadId });
const byVideo = z.object({ videoId });
const byRevision = z.object({ videoId, revision });
const tusHeaders = ['tus-resumable', UPLOAD_TICKET_HEADER] as const;

/** Routes of media. */
export const mediaApi = defineApi('media', {
  createUpload: {
    method: 'post',
    path: '/uploads',
    access: 'session',
    summary: 'Start a tus upload (its URL is in Location)',
    headers: [...tusHeaders, 'upload-length', 'upload-metadata'],
    status: 201,
  },
  readUploadOffset: {
    method: 'head',
    path: '/uploads/:uploadId',
    access: 'session',
    summary: 'Get the progress of a tus upload in Upload-Offset',
    params: byUpload,
    headers: tusHeaders,
    status: 200,
  },
  appendUpload: {
    method: 'patch',
    path: '/uploads/:uploadId',
    access: 'session',
    summary: 'Send a chunk of a tus upload',
    params: byUpload,
    headers: [...tusHeaders, 'upload-offset'],
    requestType: TUS_MEDIA_TYPE,
    status: 204,
  },
  abortUpload: {
    method: 'delete',
    path: '/uploads/:uploadId',
    access: 'session',
    summary: 'Cancel a tus upload and free its storage',
    params: byUpload,
    headers: tusHeaders,
    status: 204,
  },
  listMyUploads: {
    method: 'get',
    path: '/me/uploads',
    access: 'session',
    summary: 'List your incomplete uploads, to resume them after a reload',
    response: listOf(openUpload),
    status: 200,
  },
  readMedia: {
    method: 'get',
    path: '/videos/:videoId',
    access: 'optional',
    summary: 'Get the media of a video',
    params: byVideo,
    response: mediaInfo,
    status: 200,
  },
  readOriginal: {
    method: 'get',
    path: '/videos/:videoId/original',
    access: 'optional',
    summary: 'Get the original file (supports Range)',
    params: byVideo,
    headers: ['range', 'if-range'],
    responseType: 'video/mp4',
    status: 206,
  },
  readPoster: {
    method: 'get',
    path: '/videos/:videoId/hls/:revision/poster.jpg',
    access: 'optional',
    summary: 'Get the poster of a revision',
    params: byRevision,
    responseType: 'image/jpeg',
    status: 200,
  },
  readMasterPlaylist: {
    method: 'get',
    path: '/videos/:videoId/hls/:revision/master.m3u8',
    access: 'optional',
    summary: 'Get the HLS master playlist of a revision',
    params: byRevision,
    responseType: 'application/vnd.apple.mpegurl',
    status: 200,
  },
  readMediaPlaylist: {
    method: 'get',
    path: '/videos/:videoId/hls/:revision/:rendition/index.m3u8',
    access: 'optional',
    summary: 'Get the HLS playlist of a rendition',
    params: byRevision.extend({ rendition: renditionName }),
    responseType: 'application/vnd.apple.mpegurl',
    status: 200,
  },
  readSegment: {
    method: 'get',
    path: '/videos/:videoId/hls/:revision/:rendition/:segment',
    access: 'optional',
    summary: 'Get a segment of a rendition (immutable)',
    params: byRevision.extend({ rendition: renditionName, segment: segmentName }),
    headers: ['range'],
    responseType: 'video/mp2t',
    status: 200,
  },
});
