import type { Upload } from '#contracts';
import type { VideoRow } from '../repository/videos.ts';
import type { Service } from '../service.ts';
import { readSigningKey, signTicket } from './ticket-signer.ts';

/** Gives owners leave to upload. */
export interface Tickets {
  /** When a ticket that is given at this instant ends. */
  expiryFrom(at: Date): Date;
  /** What the owner of a draft needs to send its file until `expiresAt`. */
  uploadOf(row: VideoRow, expiresAt: Date): Upload;
}

/** Tickets from the config of the service. Throws if its key is invalid. */
export function ticketsOf({ config }: Pick<Service, 'config'>): Tickets {
  const key = readSigningKey(config.UPLOAD_TICKET_PRIVATE_KEY);
  return {
    expiryFrom: (at) => new Date(at.getTime() + config.UPLOAD_TICKET_TTL_S * 1000),
    uploadOf(row, expires) {
      const expiresAt = expires.toISOString();
      const { id: videoId, owner_id: ownerId, file_name: fileName, bytes } = row;
      const ticket = signTicket(key, { videoId, ownerId, fileName, bytes, expiresAt });
      return { url: config.UPLOAD_URL, ticket, expiresAt };
    },
  };
}
