import type { auth } from '#catalog';
import type * as runtime from '#runtime';
import type * as platform from '#services/platform';
import type { Tables } from './tables.ts';

/** auth as it runs: its config, stores and messages. */
export type Service = platform.Service<typeof auth, Tables>;
/** The database of auth. */
export type Database = runtime.Database<Tables>;
/** A transaction on the database of auth. */
export type Transaction = runtime.DatabaseTransaction<Tables>;

/** Hashes passwords and compares them. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /**
   * Whether the password is that of the hash. Without a hash it compares with one that nothing matches, so that the answer
   * for an unknown user takes as long.
   */
  matches(passwordHash: string | undefined, password: string): Promise<boolean>;
}

/** What the handlers and use cases of auth work with. */
export interface Context {
  readonly service: Service;
  readonly sessions: platform.SessionWriter;
  readonly passwords: PasswordHasher;
}
