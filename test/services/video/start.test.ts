import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { video } from '#catalog';
import { readSigningKey } from '#services/video/upload/ticket-signer';
import { claimsOfAStart } from '#test-support/start-claims';

describe('video at its start', () => claimsOfAStart(video));

describe('the key of upload tickets', () => {
  it('is refused when it cannot be read, and what was given is not quoted', () => {
    expect(() => readSigningKey('top secret')).toThrow(/^UPLOAD_TICKET_PRIVATE_KEY cannot be read, must be an Ed25519/);
  });

  it('is refused when it is of another kind', () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    expect(() => readSigningKey(privateKey)).toThrow('is of type ec, must be an Ed25519 private key');
  });
});
