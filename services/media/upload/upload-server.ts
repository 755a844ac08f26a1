/** Resumable uploads: who may upload what, and whether there is room, is decided here before @tus/server sees the request. */
import { TUS_MEDIA_TYPE, UPLOAD_TICKET_HEADER, type mediaApi, type UploadTicket } from '#contracts';
import { HttpError, type CallOf } from '#services/platform';
import { hasRoom } from '../disk/disk-floor.ts';
import type { MediaFolders } from '../disk/media-files.ts';
import { findUpload, type UploadRow } from '../repository/uploads.ts';
import { isDeleted } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { announceUpload, giveUpUpload } from './announce-upload.ts';
import { finishUpload } from './finish-upload.ts';
import { ticketVerifier } from './ticket-verifier.ts';
import { tusServer } from './tus-server.ts';

type Create = CallOf<typeof mediaApi, 'createUpload'>;
type GoOn = CallOf<typeof mediaApi, 'readUploadOffset' | 'appendUpload' | 'abortUpload'>;

/** Handlers of the routes of uploads. */
export interface UploadServer {
  create(call: Create): Promise<void>;
  readOffset(call: GoOn): Promise<void>;
  append(call: GoOn): Promise<void>;
  abort(call: GoOn): Promise<void>;
}

/** Makes the handlers of the routes of uploads. */
export function uploadServer(service: Service, folders: MediaFolders): UploadServer {
  const { db, config } = service;
  const verify = ticketVerifier(config.UPLOAD_TICKET_PUBLIC_KEY);
  const announcedIds = new WeakMap<object, string>();
  const roomFor = async (bytes: number): Promise<boolean> =>
    await hasRoom(folders.uploads, config.DISK_FLOOR_BYTES, bytes);
  const tus = tusServer(service, folders, announcedIds);

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
    checkLength(call, ticket.bytes, config.UPLOAD_MAX_BYTES);
    checkMetadata(call);
    if (!(await roomFor(ticket.bytes))) throw new HttpError('no_space');
    if (await isDeleted(db, ticket.videoId)) throw new HttpError('not_found');
    const uploadId = await announceUpload(service, folders, ticket);
    announcedIds.set(call.request, uploadId);
    try {
      await handle(call);
    } catch (error) {
      await giveUpUpload(service, folders, uploadId).catch((err: unknown) => {
        call.log.warn({ err, uploadId }, 'a failed upload could not be given up: a later sweep removes it');
      });
      throw error;
    }
  }

  /**
   * The upload of a call, only for its owner. Continuing it needs no ticket, because a reloaded page has
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
      // a process that was killed after the last byte could not report it
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
      if (row.completed_at !== null)
        throw new HttpError('conflict', { detail: 'the upload is already complete: nothing more can be sent' });
      await handle(call);
    },
  };
}

/** PostgreSQL cannot keep NUL, and the metadata is kept as it was. */
function checkMetadata({ request }: Create): void {
  const values = (request.get('upload-metadata') ?? '').split(',').map((pair) => pair.trim().split(' ')[1] ?? '');
  if (!values.some((value) => Buffer.from(value, 'base64').includes(0))) return;
  const detail = 'must not contain a NUL character';
  throw new HttpError('invalid', { errors: [{ pointer: 'upload-metadata', detail }] });
}

/** The file must be as long as the ticket says. */
function checkLength({ request }: Create, bytes: number, maxBytes: number): void {
  const text = request.get('upload-length') ?? '';
  if (/^\d{1,16}$/.test(text) && Number(text) > maxBytes) throw new HttpError('body_too_large');
  if (text === String(bytes)) return;
  const detail = `must be ${bytes}, the size in the ticket`;
  throw new HttpError('invalid', { errors: [{ pointer: 'upload-length', detail }] });
}
