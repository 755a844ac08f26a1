import type { Role } from '#contracts';
import type { Generated } from 'kysely';

/** Accounts; the only place where an e-mail address or a password's hash is kept. */
export interface AccountTable {
  readonly user_id: string;
  readonly handle: string;
  /** As it was typed; unique without regard to case. */
  readonly email: string;
  readonly display_name: string;
  readonly role: Role;
  /** Argon2id, in PHC form. */
  readonly password_hash: string;
  /** Grows by one with each event about the account. */
  readonly version: number;
  readonly created_at: Date;
}

/** Handles of deleted accounts: nobody takes them over, and with them the links to what others knew. */
export interface RetiredHandleTable {
  readonly handle: string;
  readonly retired_at: Generated<Date>;
}

/** The first administrator's link while it can be used; never more than one row. */
export interface FirstAdminLinkTable {
  /** Always true, and the key: a second row cannot be. */
  readonly only_one: Generated<true>;
  /** SHA-256 of the token, in hex. */
  readonly token_hash: string;
  readonly expires_at: Date;
}

/** Tables of auth. */
export interface Tables {
  readonly account: AccountTable;
  readonly retired_handle: RetiredHandleTable;
  readonly first_admin_link: FirstAdminLinkTable;
}
