import type { RateRule } from '#runtime';
import type { Service } from '../service.ts';

/** Limits of what can be used to guess a password or to make accounts by the thousand. */
export interface AuthLimits {
  /** Sign-ups of one address. */
  readonly signUp: RateRule;
  /** Log-ins of one address. */
  readonly logInByAddress: RateRule;
  /** Log-ins to one account, from wherever and however it is named; an unknown name has a limit just so. */
  readonly logInByAccount: RateRule;
  /** Passwords asked for again within a session. */
  readonly password: RateRule;
  /** Looks at the first administrator's link of one address. */
  readonly firstAdmin: RateRule;
}

/** The limits by the config. */
export function authLimits({ config }: Service): AuthLimits {
  const logIn = { limit: config.LOGIN_LIMIT, windowSeconds: config.LOGIN_WINDOW_S };
  return {
    signUp: { name: 'sign-up', limit: config.SIGNUP_LIMIT, windowSeconds: config.SIGNUP_WINDOW_S },
    logInByAddress: { name: 'log-in-address', ...logIn },
    // how much of it is left would tell which address belongs to which handle
    logInByAccount: { name: 'log-in-account', ...logIn, untold: true },
    password: { name: 'password', ...logIn },
    firstAdmin: { name: 'first-admin', ...logIn },
  };
}
