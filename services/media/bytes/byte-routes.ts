/** Serves bytes to those who may see them: the projection decides for each request, never a cache. */
import type { mediaApi, MediaInfo } from '#contracts';
import { notFound } from '#runtime';
import { mayModerate, maySeeVideo, type CallOf, type Session } from '#services/platform';
import { pathWithin, revisionFolder, uploadFile, type MediaFolders } from '../disk/media-files.ts';
import { newestRevision } from '../repository/revisions.ts';
import { uploadOfVideo } from '../repository/uploads.ts';
import { findAccess, type VideoAccess } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { mediaInfoOf } from '../views/media-info.ts';
import { sendFile } from './file-response.ts';
import type { OpenReads } from './open-reads.ts';

type Api = typeof mediaApi;
type BytesCall = CallOf<
  Api,
  'readOriginal' | 'readPoster' | 'readMasterPlaylist' | 'readMediaPlaylist' | 'readSegment'
>;

/** Handlers of the routes that serve bytes or describe them. */
export interface ByteRoutes {
  readMedia(call: CallOf<Api, 'readMedia'>): Promise<MediaInfo>;
  readOriginal(call: CallOf<Api, 'readOriginal'>): Promise<void>;
  readPoster(call: CallOf<Api, 'readPoster'>): Promise<void>;
  readMasterPlaylist(call: CallOf<Api, 'readMasterPlaylist'>): Promise<void>;
  readMediaPlaylist(call: CallOf<Api, 'readMediaPlaylist'>): Promise<void>;
  readSegment(call: CallOf<Api, 'readSegment'>): Promise<void>;
}

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
const SEGMENT_TYPES: Readonly<Record<string, string>> = {
  ts: 'video/mp2t',
  mp4: 'video/mp4',
  m4s: 'video/iso.segment',
};
/** Of a video that is private or not ready nothing stays anywhere. The others' bytes stay in the viewer's browser alone, since a shared cache would not hear of a change. */
const NO_STORE = 'private, no-store';
const IMMUTABLE = 'private, max-age=31536000, immutable';
const REVALIDATE = 'private, no-cache';

/** Makes the handlers. */
export function byteRoutes(service: Service, folders: MediaFolders, reads: OpenReads): ByteRoutes {
  const { db } = service;

  async function accessOf(videoId: string, session: Session | undefined): Promise<VideoAccess> {
    const access = await findAccess(db, videoId);
    if (access === undefined || !maySeeVideo(access, session)) throw notFound();
    return access;
  }

  async function give(
    call: BytesCall,
    file: string,
    { contentType, caching, headers }: { contentType: string; caching: string; headers?: Record<string, string> },
  ): Promise<void> {
    const { videoId } = call.params;
    const access = await accessOf(videoId, call.session);
    const isPrivate = access.visibility === 'private';
    const needsSession = isPrivate || !access.ready;
    reads.watch(call.response, needsSession ? call.session?.sessionId : undefined, async () => {
      const now = await findAccess(db, videoId);
      return now !== undefined && maySeeVideo(now, await stillThere(call));
    });
    const cacheControl = needsSession ? NO_STORE : caching;
    await sendFile(call.request, call.response, { file, contentType, cacheControl, headers: headers ?? {} });
  }

  /** The session of a call, if it has not ended since. */
  async function stillThere(call: BytesCall): Promise<Session | undefined> {
    return call.session === undefined ? undefined : await service.sessions.find(call.request);
  }

  function ofRevision(
    call: BytesCall & { readonly params: { readonly revision: string } },
    ...names: string[]
  ): string {
    return pathWithin(revisionFolder(folders, call.params.videoId, call.params.revision), ...names);
  }

  return {
    async readMedia({ params: { videoId }, session }) {
      const access = await accessOf(videoId, session);
      // the name of the file is its owner's alone
      const upload = mayModerate(session, [access.ownerId]) ? await uploadOfVideo(db, videoId) : undefined;
      return mediaInfoOf(videoId, upload, await newestRevision(db, videoId));
    },
    async readOriginal(call) {
      const access = await accessOf(call.params.videoId, call.session);
      const upload = await uploadOfVideo(db, call.params.videoId);
      if (upload?.completed_at === undefined || upload.completed_at === null) throw notFound();
      const contentType = upload.content_type ?? 'application/octet-stream';
      const kind = contentType.startsWith('video/') ? 'inline' : 'attachment';
      const name = `; filename*=UTF-8''${encodeURIComponent(upload.file_name).replace(/['()*]/g, '_')}`;
      const disposition = mayModerate(call.session, [access.ownerId]) ? `${kind}${name}` : kind;
      await give(call, uploadFile(folders, upload.upload_id), {
        contentType,
        caching: REVALIDATE,
        headers: { 'Content-Disposition': disposition },
      });
    },
    readPoster: async (call) =>
      await give(call, ofRevision(call, 'poster.jpg'), { contentType: 'image/jpeg', caching: IMMUTABLE }),
    readMasterPlaylist: async (call) =>
      await give(call, ofRevision(call, 'master.m3u8'), { contentType: PLAYLIST_TYPE, caching: REVALIDATE }),
    readMediaPlaylist: async (call) =>
      await give(call, ofRevision(call, call.params.rendition, 'index.m3u8'), {
        contentType: PLAYLIST_TYPE,
        caching: REVALIDATE,
      }),
    readSegment: async (call) =>
      await give(call, ofRevision(call, call.params.rendition, call.params.segment), {
        contentType: SEGMENT_TYPES[call.params.segment.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
        caching: IMMUTABLE,
      }),
  };
}
