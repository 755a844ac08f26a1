/**
 * Resumable uploads. Who may upload what, and whether there is room, is decided here before @tus/server sees the request;
 * it then moves the bytes, as a stream, into the upload's file.
 */
import { TUS_MEDIA_TYPE, UPLOAD_TICKET_HEADER, type mediaApi, type UploadTicket } from '#contracts';
import { HttpError, type CallOf } from '#services/platform';
import { Server } from '@tus/server';
import { randomBytes } from 'node:crypto';
import { hasRoom } from '../disk/disk-floor.ts';
import { remove, uploadFile, type MediaFolders } from '../disk/media-files.ts';
import { deleteOpenUpload, findUpload, insertUpload, uploadOfVideo, type UploadRow } from '../repository/uploads.ts';
import { isDeleted } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { finishUpload } from './finish-upload.ts';
import { ticketVerifier } from './ticket-verifier.ts';
import { tusProblem } from './tus-problem.ts';
import { uploadFiles } from './upload-files.ts';
import { uploadLocker } from './upload-locker.ts';

type Create = CallOf<typeof mediaApi, 'createUpload'>;
type GoOn = CallOf<typeof mediaApi, 'readUploadOffset' | 'appendUpload' | 'abortUpload'>;

/** Handlers of the routes of uploads. */
export interface UploadServer {
  create(call: Create): Promise<void>;
  readOffset(call: GoOn): Promise<void>;
  append(call: GoOn): Promise<void>;
  abort(call: GoOn): Promise<void>;
}

const UPLOADS_PATH = '/api/media/uploads';
/** Time in which a request that is asked to let go of its upload writes what it has. */
const LOCK_DRAIN_MS = 500;

/** Makes the handlers of the routes of uploads. */
export function uploadServer(service: Service, folders: MediaFolders): UploadServer {
  const { db, config } = service;
  const verify = ticketVerifier(config.UPLOAD_TICKET_PUBLIC_KEY);
  const newIds = new WeakMap<object, string>();
  const roomFor = async (bytes: number): Promise<boolean> =>
    await hasRoom(folders.uploads, config.DISK_FLOOR_BYTES, bytes);
  const tus = new Server({
    path: UPLOADS_PATH,
    relativeLocation: true,
    datastore: uploadFiles(db, folders, config.UPLOAD_EXPIRY_S),
    locker: uploadLocker(service.redis, config.REDIS_PREFIX),
    lockDrainTimeout: LOCK_DRAIN_MS,
    maxSize: config.UPLOAD_MAX_BYTES,
    allowedOrigins: () => false,
    disableTerminationForFinishedUploads: true,
    namingFunction: (request) => {
      const id = newIds.get(request.runtime?.node?.req ?? {});
      if (id === undefined) throw new Error('an upload has no id: it was not announced');
      return id;
    },
    onUploadFinish: async (_request, { id }) => {
      const row = await findUpload(db, id);
      if (row !== undefined && (await finishUpload(service, folders, row))) return {};
      throw new HttpError('upload_expired', { detail: 'its video was deleted' });
    },
    onResponseError: async (_request, error) => {
      throw await tusProblem(error, async () => !(await roomFor(0)));
    },
  });

  async function handle(call: Create | GoOn): Promise<void> {
    try {
      await tus.handle(call.request, call.response);
    } catch (error) {
      // nobody reads the answer to a request that was cut off; what arrived is kept
      if (call.signal.aborted) call.log.debug({ err: error }, 'an upload was cut off');
      else throw error;
    }
  }

  async function create(call: Create): Promise<void> {
    const ticket = ticketOf(call);
    if (ticket === undefined) throw new HttpError('ticket_invalid');
    if (ticket.ownerId !== call.session.userId || Date.parse(ticket.expiresAt) < Date.now()) {
      throw new HttpError('ticket_invalid');
    }
    checkLength(call, ticket);
    if (!(await roomFor(ticket.bytes))) throw new HttpError('no_space');
    if (await isDeleted(db, ticket.videoId)) throw new HttpError('not_found');
    await giveUpEarlier(ticket.videoId);
    const uploadId = await announce(ticket);
    newIds.set(call.request, uploadId);
    try {
      await handle(call);
    } catch (error) {
      await giveUp(uploadId);
      throw error;
    }
  }

  /** The file must be as long as the ticket says. */
  function checkLength({ request }: Create, ticket: UploadTicket): void {
    const text = request.get('upload-length') ?? '';
    if (/^\d{1,16}$/.test(text) && Number(text) > config.UPLOAD_MAX_BYTES) throw new HttpError('body_too_large');
    if (text === String(ticket.bytes)) return;
    const detail = `must be ${ticket.bytes}, the size that the ticket was given for`;
    throw new HttpError('invalid', { errors: [{ pointer: 'upload-length', detail }] });
  }

  /** A video has one upload: one that was begun is given up for the new one, one that is complete stays. */
  async function giveUpEarlier(videoId: string): Promise<void> {
    const earlier = await uploadOfVideo(db, videoId);
    if (earlier === undefined) return;
    if (earlier.completed_at !== null || (await finishUpload(service, folders, earlier))) {
      throw new HttpError('conflict', { detail: 'the video has its file already' });
    }
    await giveUp(earlier.upload_id);
  }

  async function giveUp(uploadId: string): Promise<void> {
    await deleteOpenUpload(db, uploadId);
    if ((await findUpload(db, uploadId)) === undefined) await remove(uploadFile(folders, uploadId));
  }

  async function announce({ videoId, ownerId, fileName, bytes }: UploadTicket): Promise<string> {
    const uploadId = randomBytes(16).toString('hex');
    const startedAt = new Date();
    const isFirst = await insertUpload(db, {
      upload_id: uploadId,
      video_id: videoId,
      owner_id: ownerId,
      file_name: fileName,
      bytes,
      metadata: JSON.stringify({}),
      content_type: null,
      started_at: startedAt,
      expires_at: new Date(startedAt.getTime() + config.UPLOAD_EXPIRY_S * 1000),
      completed_at: null,
    });
    if (!isFirst) throw new HttpError('conflict', { detail: 'another upload for this video was just begun' });
    return uploadId;
  }

  /**
   * The upload of a call, for its owner alone. To go on with it needs no ticket, since a page that was loaded anew has
   * none; one that is sent must be for its video, and may have run out.
   */
  async function ownUpload(call: GoOn): Promise<UploadRow> {
    const row = await findUpload(db, call.params.uploadId);
    if (row?.owner_id !== call.session.userId) throw new HttpError('not_found');
    const sent = call.request.get(UPLOAD_TICKET_HEADER) !== undefined;
    if (sent && ticketOf(call)?.videoId !== row.video_id) throw new HttpError('ticket_invalid');
    if (row.completed_at === null && row.expires_at.getTime() < Date.now()) throw new HttpError('upload_expired');
    return row;
  }

  function ticketOf(call: Create | GoOn): UploadTicket | undefined {
    return verify(call.request.get(UPLOAD_TICKET_HEADER) ?? '');
  }

  return {
    create,
    async readOffset(call) {
      // whoever was killed after the last byte could not say so
      await finishUpload(service, folders, await ownUpload(call));
      await handle(call);
    },
    async append(call) {
      const row = await ownUpload(call);
      if (!call.request.is(TUS_MEDIA_TYPE)) throw new HttpError('media_type');
      const coming = Number(call.request.get('content-length') ?? row.bytes);
      if (!(await roomFor(Math.min(coming, row.bytes)))) throw new HttpError('no_space');
      await handle(call);
    },
    async abort(call) {
      const row = await ownUpload(call);
      if (row.completed_at !== null) throw new HttpError('conflict', { detail: 'the upload is complete' });
      await handle(call);
    },
  };
}
