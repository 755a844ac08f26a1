import { uploadTicket, type UploadTicket } from '#contracts';
import { createPublicKey, verify } from 'node:crypto';

/** Checks a ticket's signature and shape; undefined for one that video did not sign. Whether it still holds is not looked at. */
export type TicketVerifier = (ticket: string) => UploadTicket | undefined;

const LONGEST_TICKET = 4096;

/** Verifies tickets with the public half of video's Ed25519 key, SPKI in PEM. Throws if the key is invalid. */
export function ticketVerifier(publicKeyPem: string): TicketVerifier {
  const key = createPublicKey(publicKeyPem);
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`UPLOAD_TICKET_PUBLIC_KEY is a key of type ${key.asymmetricKeyType ?? 'unknown'}, must be ed25519`);
  }
  return (ticket) => {
    const [body, signature, ...rest] = ticket.length > LONGEST_TICKET ? [] : ticket.split('.');
    if (body === undefined || signature === undefined || rest.length > 0) return undefined;
    if (!verify(null, Buffer.from(body), key, Buffer.from(signature, 'base64url'))) return undefined;
    return uploadTicket.safeParse(json(body)).data;
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
