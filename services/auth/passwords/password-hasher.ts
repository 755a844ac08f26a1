import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import type { PasswordHasher } from '../service.ts';

/** Cost of a hash; the defaults of the declaration are OWASP's for argon2id. */
export interface HashCost {
  /** Memory in KiB. */
  readonly memoryKib: number;
  /** Passes over the memory. */
  readonly passes: number;
}

/** A hasher by argon2id with one lane; it works outside the event loop. */
export async function passwordHasher({ memoryKib, passes }: HashCost): Promise<PasswordHasher> {
  const make = async (password: string): Promise<string> =>
    await hash(canonical(password), { memoryCost: memoryKib, timeCost: passes, parallelism: 1 });
  const nobodys = await make(randomBytes(32).toString('base64'));
  return {
    hash: make,
    async matches(passwordHash, password) {
      const same = await verify(passwordHash ?? nobodys, canonical(password));
      return same && passwordHash !== undefined;
    },
  };
}

/** The same characters typed on another keyboard give the same bytes. */
function canonical(password: string): string {
  return password.normalize('NFKC');
}
