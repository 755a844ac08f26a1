import type { RateRule } from '#runtime';
import type { Service } from '../service.ts';

/** Limits of what can be used to guess a password or to make accounts by the thousand. */
export interface AuthLimits {
  /** Sign-ups of one address. */
  readonly signUp: RateRule;
  /** Log-ins of one address. */
  readonly logInByAddress: RateRule;
  /** Log-ins with one name, from wherever; by the name that was typed, so an unknown one behaves the same. */
  readonly logInByName: RateRule;
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
    logInByName: { name: 'log-in-name', ...logIn },
    password: { name: 'password', ...logIn },
    firstAdmin: { name: 'first-admin', ...logIn },
  };
}
