import { uploadTicket, type UploadTicket } from '#contracts';
import { Buffer } from 'node:buffer';
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';

/** Reads the Ed25519 key that signs tickets, PKCS #8 in PEM. Throws for anything else, so a service without one does not start. */
export function readSigningKey(pem: string): KeyObject {
  const rule = 'must be an Ed25519 private key, PKCS #8 in PEM: create one with `openssl genpkey -algorithm ed25519`';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // the cause could quote what was read
    throw new Error(`UPLOAD_TICKET_PRIVATE_KEY cannot be read, ${rule}`);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`UPLOAD_TICKET_PRIVATE_KEY is of type ${key.asymmetricKeyType ?? 'unknown'}, ${rule}`);
}

/** Signs a ticket: `base64url(JSON) "." base64url(signature of the first part)`. */
export function signTicket(key: KeyObject, ticket: UploadTicket): string {
  const body = Buffer.from(JSON.stringify(uploadTicket.parse(ticket))).toString('base64url');
  return `${body}.${sign(null, Buffer.from(body), key).toString('base64url')}`;
}
