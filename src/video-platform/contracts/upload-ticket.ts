import * as z from 'zod';
import { byteCount, instant, userId, videoId } from './identifier.ts';
import { fileName } from './media.ts';

/** Request header that carries the ticket with every tus request. */
export const UPLOAD_TICKET_HEADER = 'upload-ticket';

/**
 * What video signs and media verifies: leave for one owner to upload one file. On the wire it is
 * `base64url(JSON) "." base64url(Ed25519 signature of the first part)`.
 */
export const uploadTicket = z.strictObject({
  videoId,
  ownerId: userId,
  fileName,
  /** The upload must be exactly this long. */
  bytes: byteCount.min(1),
  expiresAt: instant,
});
/** What video signs and media verifies: leave for one owner to upload one file. */
export type UploadTicket = z.infer<typeof uploadTicket>;
