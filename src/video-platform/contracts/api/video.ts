/** The HTTP face of video, under /api/video. */
import * as z from 'zod';
import {
  byteCount,
  commentId,
  count,
  handle,
  videoDescription,
  videoId,
  videoTag,
  videoTags,
  videoTitle,
  visibility,
} from '../identifier.ts';
import { fileName } from '../media.ts';
import { idListOf, listOf, pageFields, pageOf, pageQuery } from './page.ts';
import { defineApi } from '#declare';
import { comment, ownVideo, upload, videoCard, videoDetail, videoState } from './video-view.ts';

export * from '../video.ts';

/** Largest file that is taken, whatever the quota: 1 TiB. Sums of so many bytes stay exact in a number. */
const FILE_BYTES_MAX = 2 ** 40;

const byVideo = z.object({ videoId });

/** Body that makes a draft. */
export const createVideoBody = z.strictObject({
  title: videoTitle,
  description: videoDescription.default(''),
  tags: videoTags.default([]),
  visibility: visibility.default('private'),
  fileName,
  /** Size of the file, checked against the owner's storage and bound into the ticket. */
  bytes: byteCount.min(1).max(FILE_BYTES_MAX),
});
/** Body that changes a video; what is left out stays. */
export const changeVideoBody = z
  .strictObject({
    title: videoTitle.optional(),
    description: videoDescription.optional(),
    tags: videoTags.optional(),
    visibility: visibility.optional(),
  })
  .refine((body) => Object.values<unknown>(body).some((value) => value !== undefined), 'must change something');
/** Body of a comment, plain text. */
export const addCommentBody = z.strictObject({ text: z.string().trim().min(1).max(2000) });

const likeState = z.object({ liked: z.boolean(), likes: count });

/** Routes of video. */
export const videoApi = defineApi('video', {
  listVideos: {
    method: 'get',
    path: '/videos',
    access: 'optional',
    summary: 'List public videos: all, by search or tag, or by id',
    query: z.object({
      ...pageFields,
      /** Words to search for. */
      q: z.string().max(200).optional(),
      tag: videoTag.optional(),
      /** Ids separated by commas; their order is kept, missing ones are left out. */
      ids: idListOf(videoId).optional(),
      /** @default - relevance with words, else newest */
      sort: z.enum(['newest', 'relevance', 'views']).optional(),
    }),
    response: pageOf(videoCard),
    status: 200,
  },
  createVideo: {
    method: 'post',
    path: '/videos',
    access: 'session',
    summary: 'Create a draft and get its upload ticket',
    body: createVideoBody,
    response: z.object({ video: ownVideo, upload }),
    status: 201,
    idempotent: true,
  },
  readVideo: {
    method: 'get',
    path: '/videos/:videoId',
    access: 'optional',
    summary: 'Get a video',
    params: byVideo,
    response: videoDetail,
    status: 200,
    concurrency: 'etag',
  },
  changeVideo: {
    method: 'patch',
    path: '/videos/:videoId',
    access: 'session',
    summary: 'Change a video (version in If-Match)',
    params: byVideo,
    body: changeVideoBody,
    response: videoDetail,
    status: 200,
    concurrency: 'if-match',
  },
  deleteVideo: {
    method: 'delete',
    path: '/videos/:videoId',
    access: 'session',
    summary: 'Delete a video permanently',
    params: byVideo,
    status: 204,
  },
  renewUpload: {
    method: 'post',
    path: '/videos/:videoId/upload',
    access: 'session',
    summary: 'Create a new upload ticket for a draft',
    params: byVideo,
    response: upload,
    status: 201,
  },
  likeVideo: {
    method: 'put',
    path: '/videos/:videoId/like',
    access: 'session',
    summary: 'Like a video (idempotent)',
    params: byVideo,
    response: likeState,
    status: 200,
  },
  unlikeVideo: {
    method: 'delete',
    path: '/videos/:videoId/like',
    access: 'session',
    summary: 'Remove your like from a video (idempotent)',
    params: byVideo,
    response: likeState,
    status: 200,
  },
  listComments: {
    method: 'get',
    path: '/videos/:videoId/comments',
    access: 'optional',
    summary: 'List comments, newest first',
    params: byVideo,
    query: pageQuery,
    response: pageOf(comment),
    status: 200,
  },
  addComment: {
    method: 'post',
    path: '/videos/:videoId/comments',
    access: 'session',
    summary: 'Comment on a video',
    params: byVideo,
    body: addCommentBody,
    response: comment,
    status: 201,
    idempotent: true,
  },
  deleteComment: {
    method: 'delete',
    path: '/videos/:videoId/comments/:commentId',
    access: 'session',
    summary: 'Delete your comment, or any comment on your video',
    params: z.object({ videoId, commentId }),
    status: 204,
  },
  listRelated: {
    method: 'get',
    path: '/videos/:videoId/related',
    access: 'optional',
    summary: 'List related public videos',
    params: byVideo,
    response: listOf(videoCard),
    status: 200,
  },
  listFeed: {
    method: 'get',
    path: '/feed',
    access: 'session',
    summary: 'List videos of users you follow, newest first',
    query: pageQuery,
    response: pageOf(videoCard),
    status: 200,
  },
  listMyVideos: {
    method: 'get',
    path: '/mine',
    access: 'session',
    summary: 'List your videos in every state, newest first',
    query: z.object({ ...pageFields, state: videoState.optional(), q: z.string().max(200).optional() }),
    response: pageOf(ownVideo),
    status: 200,
  },
  listChannel: {
    method: 'get',
    path: '/channels/:handle',
    access: 'optional',
    summary: 'List the public videos of a user, newest first',
    params: z.object({ handle }),
    query: pageQuery,
    response: pageOf(videoCard),
    status: 200,
  },
  listTags: {
    method: 'get',
    path: '/tags',
    access: 'public',
    summary: 'List tags of public videos, most used first',
    response: listOf(z.object({ tag: videoTag, videos: count })),
    status: 200,
  },
});
