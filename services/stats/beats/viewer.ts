import { clientNetwork } from '#runtime';
import type { Session } from '#services/platform';
import { createHmac } from 'node:crypto';

const HASH_LENGTH = 22;

/**
 * Stands for who watches: the account of a session, else address and browser, as a keyed hash. It lives in Redis for a few
 * hours at most and reaches no database; without the salt nobody can tell an address from it.
 */
export function viewerHash(
  salt: string,
  viewer: { readonly session: Session | undefined; readonly address: string; readonly userAgent: string },
): string {
  const { session, address, userAgent } = viewer;
  const who = session === undefined ? ['guest', address, userAgent] : ['user', session.userId];
  return hashOf(salt, who);
}

/** Stands for where beats come from: the account of a session, else the network of the address, whatever browser it claims. */
export function sourceHash(
  salt: string,
  { session, address }: { readonly session: Session | undefined; readonly address: string },
): string {
  return hashOf(salt, session === undefined ? ['network', clientNetwork(address)] : ['user', session.userId]);
}

function hashOf(salt: string, who: readonly string[]): string {
  return createHmac('sha256', salt).update(JSON.stringify(who)).digest('base64url').slice(0, HASH_LENGTH);
}
