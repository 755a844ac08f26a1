import type { videoApi } from '#contracts';
import { decodeCursor, pageFrom } from '#runtime';
import type { HandlersOf } from '#services/platform';
import { videoSeenBy } from './access.ts';
import { listCommentsOf } from './repository/comments.ts';
import { isLiked } from './repository/likes.ts';
import { countTags, listNear } from './repository/lists.ts';
import type { Service } from './service.ts';
import type { Tickets } from './upload/tickets.ts';
import { changeVideo } from './use-cases/change-video.ts';
import { commentOnVideo } from './use-cases/comment-on-video.ts';
import { createDraft } from './use-cases/create-draft.ts';
import { deleteComment } from './use-cases/delete-comment.ts';
import { deleteVideo } from './use-cases/delete-video.ts';
import { likeVideo } from './use-cases/like-video.ts';
import { listNewestVideos } from './use-cases/list-newest-videos.ts';
import { listOwnVideos } from './use-cases/list-own-videos.ts';
import { listVideos } from './use-cases/list-videos.ts';
import { renewUpload } from './use-cases/renew-upload.ts';
import { unlikeVideo } from './use-cases/unlike-video.ts';
import { commentOf } from './views/comment.ts';
import { commentPlace } from './views/list-places.ts';
import { cardOf, detailOf, ownVideoOf } from './views/video.ts';

const RELATED_VIDEOS = 12;
const SHOWN_TAGS = 50;

/** One handler for each route of video. */
export function handlers(service: Service, tickets: Tickets): HandlersOf<typeof videoApi> {
  const { db, config } = service;
  const comments = { name: 'comments', limit: config.COMMENT_LIMIT, windowSeconds: config.ACTION_WINDOW_S };
  const likes = { name: 'likes', limit: config.LIKE_LIMIT, windowSeconds: config.ACTION_WINDOW_S };
  return {
    listVideos: async ({ query, session }) => await listVideos(service, { query, session }),

    listFeed: async ({ query, session }) =>
      await listNewestVideos(service, { filter: { followedBy: session.userId }, query }),

    listChannel: async ({ params, query }) =>
      await listNewestVideos(service, { filter: { ownerHandle: params.handle }, query }),

    listMyVideos: async ({ query, session }) => await listOwnVideos(service, { ownerId: session.userId, query }),

    async listRelated({ params, session }) {
      const video = await videoSeenBy(db, params.videoId, session);
      return { items: (await listNear(db, video, RELATED_VIDEOS)).map(cardOf) };
    },

    listTags: async () => ({ items: await countTags(db, SHOWN_TAGS) }),

    async createVideo({ body, session, creationId }) {
      const at = new Date();
      const ticketExpiresAt = tickets.expiryFrom(at);
      const row = await createDraft(service, { id: creationId, session, body, at, ticketExpiresAt });
      return { video: ownVideoOf(row), upload: tickets.uploadOf(row, ticketExpiresAt) };
    },

    async readVideo({ params, session }) {
      const row = await videoSeenBy(db, params.videoId, session);
      const userId = session?.userId;
      const likes = userId !== undefined && (await isLiked(db, { videoId: row.id, userId }));
      return detailOf(row, { userId, likes });
    },

    async changeVideo({ params, session, ifMatch, body }) {
      const wish = { videoId: params.videoId, session, knownVersion: ifMatch, changes: body, at: new Date() };
      const row = await changeVideo(service, wish);
      const { userId } = session;
      return detailOf(row, { userId, likes: await isLiked(db, { videoId: row.id, userId }) });
    },

    async deleteVideo({ params, session }) {
      await deleteVideo(service, { videoId: params.videoId, session, at: new Date() });
    },

    async renewUpload({ params, session }) {
      const expiresAt = tickets.expiryFrom(new Date());
      const row = await renewUpload(service, { videoId: params.videoId, session, expiresAt });
      return tickets.uploadOf(row, expiresAt);
    },

    async likeVideo({ params, session, limit }) {
      await limit(likes, session.userId);
      return await likeVideo(service, { videoId: params.videoId, session, at: new Date() });
    },

    async unlikeVideo({ params, session, limit }) {
      await limit(likes, session.userId);
      return await unlikeVideo(service, { videoId: params.videoId, session });
    },

    async listComments({ params, query, session }) {
      const { owner_id } = await videoSeenBy(db, params.videoId, session);
      const limit = Math.min(query.limit, service.config.PAGE_MAX);
      const after = decodeCursor(commentPlace, query.cursor);
      const rows = await listCommentsOf(db, params.videoId, { after, limit: limit + 1 });
      const shown = (row: (typeof rows)[number]) => commentOf(row, owner_id, session);
      return pageFrom(rows, limit, shown, ({ created_at: at, id }) => ({ at, id }));
    },

    async addComment({ params, session, body, creationId, limit }) {
      await limit(comments, session.userId);
      const wish = { id: creationId, videoId: params.videoId, session, text: body.text, at: new Date() };
      const { comment, ownerId } = await commentOnVideo(service, wish);
      return commentOf(comment, ownerId, session);
    },

    async deleteComment({ params, session }) {
      await deleteComment(service, { ...params, session });
    },
  };
}
