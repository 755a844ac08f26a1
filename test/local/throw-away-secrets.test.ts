import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { strongSecret, ThrowAwaySecrets } from '#local';

it('makes values that URLs, nats.conf and ACLs read alike', () => {
  for (let round = 0; round < 200; round += 1) expect(strongSecret()).toMatch(/^[A-Za-z][A-Za-z0-9_-]{31,}$/);
});

it('gives one value a key, and different ones to different keys', () => {
  const secrets = new ThrowAwaySecrets();
  expect(secrets.get('s', 'a')).toBe(secrets.get('s', 'a'));
  expect(secrets.get('s', 'a')).not.toBe(secrets.get('s', 'b'));
  expect(secrets.get('t', 'a')).not.toBe(secrets.get('s', 'a'));
});

it('makes private and public keys two halves of one Ed25519 pair', () => {
  const secrets = new ThrowAwaySecrets();
  const publicKey = createPublicKey(secrets.get('s', 'ticket-public-key'));
  const signature = sign(null, Buffer.from('x'), createPrivateKey(secrets.get('s', 'ticket-private-key')));
  expect(publicKey.asymmetricKeyType).toBe('ed25519');
  expect(verify(null, Buffer.from('x'), publicKey, signature)).toBe(true);
});

it('keeps values in a file that only its owner reads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-test-'));
  const file = join(folder, 'secrets.json');
  const value = new ThrowAwaySecrets({ file }).get('s', 'a');
  expect(new ThrowAwaySecrets({ file }).get('s', 'a')).toBe(value);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});
