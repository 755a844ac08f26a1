import type { user } from '#catalog';
import type { Service } from '#runtime';
import type { UserTables } from './tables.ts';

/** user as it runs. */
export type UserService = Service<typeof user, UserTables>;
