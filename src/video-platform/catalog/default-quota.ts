import { Env } from '#declare';

const GIB = 1024 ** 3;

/** Allowance of an account of which no administrator decided otherwise: user sets it, and video applies it until it hears of one. */
export const DEFAULT_QUOTA = Env.value('DEFAULT_QUOTA_BYTES', 10 * GIB);
