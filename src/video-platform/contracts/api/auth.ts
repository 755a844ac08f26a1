/** The HTTP face of auth, under /api/auth. */
import * as z from 'zod';
import { count, displayName, handle, instant, role, sessionId, userId } from '../identifier.ts';
import { listOf } from './page.ts';
import { defineApi } from '#declare';

export * from '../auth.ts';

/** Fewest and most characters of a password: ten, since of the passwords in leaks hardly any has more. */
export const PASSWORD_LENGTH = { min: 10, max: 128 } as const;

/** A password that somebody chooses; common ones are refused by the service besides. */
export const newPassword = z.string().min(PASSWORD_LENGTH.min).max(PASSWORD_LENGTH.max);
const givenPassword = z.string().min(1).max(PASSWORD_LENGTH.max);
const email = z.email().max(254);

/** An account as its owner sees it. */
export const account = z.object({ userId, handle, displayName, email, role, createdAt: instant });
/** An account as its owner sees it. */
export type Account = z.infer<typeof account>;

/** The session of the request; the cookie itself is never in a body. */
export const currentSession = z.object({
  sessionId,
  account,
  createdAt: instant,
  /** When it ends if nothing is done. */
  idleExpiresAt: instant,
  /** When it ends whatever is done. */
  expiresAt: instant,
});
/** The session of the request. */
export type CurrentSession = z.infer<typeof currentSession>;

/** A session in the list of your own. */
export const ownSession = z.object({
  sessionId,
  createdAt: instant,
  lastSeenAt: instant,
  /** What the browser says that it is. */
  userAgent: z.string(),
  /** Whether it is the session of the request. */
  current: z.boolean(),
});
/** A session in the list of your own. */
export type OwnSession = z.infer<typeof ownSession>;

/** Body of a sign-up. */
export const signUpBody = z.strictObject({ email, handle, displayName, password: newPassword });
/** Body of a log-in; `login` is the handle or the e-mail address. */
export const logInBody = z.strictObject({ login: z.string().trim().min(1).max(254), password: givenPassword });
/** Body of a change of password. */
export const changePasswordBody = z.strictObject({ currentPassword: givenPassword, newPassword });
/** Secret part of the first administrator's link. */
export const firstAdminToken = z.string().regex(/^[A-Za-z0-9_-]{20,200}$/, 'must be the token of the link');
/** Body of the redemption of the first administrator's link. */
export const redeemFirstAdminBody = signUpBody.extend({ token: firstAdminToken });

/** Routes of auth. */
export const authApi = defineApi('auth', {
  signUp: {
    method: 'post',
    path: '/accounts',
    access: 'public',
    summary: 'Sign up and log in',
    body: signUpBody,
    response: currentSession,
    status: 201,
  },
  logIn: {
    method: 'post',
    path: '/session',
    access: 'public',
    summary: 'Log in with handle or e-mail address',
    body: logInBody,
    response: currentSession,
    status: 201,
  },
  readSession: {
    method: 'get',
    path: '/session',
    access: 'optional',
    summary: 'Get the current session, or null',
    response: z.object({ session: currentSession.nullable() }),
    status: 200,
  },
  logOut: {
    method: 'delete',
    path: '/session',
    access: 'session',
    summary: 'Log out',
    status: 204,
  },
  listSessions: {
    method: 'get',
    path: '/sessions',
    access: 'session',
    summary: 'List your sessions, newest first',
    response: listOf(ownSession),
    status: 200,
  },
  revokeSession: {
    method: 'delete',
    path: '/sessions/:sessionId',
    access: 'session',
    summary: 'End one of your sessions',
    params: z.object({ sessionId }),
    status: 204,
  },
  revokeOtherSessions: {
    method: 'delete',
    path: '/sessions',
    access: 'session',
    summary: 'End all your other sessions',
    response: z.object({ revoked: count }),
    status: 200,
  },
  changePassword: {
    method: 'put',
    path: '/password',
    access: 'session',
    summary: 'Change the password, end all other sessions and renew this one',
    body: changePasswordBody,
    response: currentSession,
    status: 200,
  },
  deleteAccount: {
    method: 'post',
    path: '/account/deletion',
    access: 'session',
    summary: 'Delete the account and all of its data',
    body: z.strictObject({ password: givenPassword }),
    status: 204,
  },
  readFirstAdminLink: {
    // a token in a query would be in the logs of every proxy
    method: 'post',
    path: '/first-admin/link',
    access: 'public',
    summary: 'Check whether the link for the first administrator is still valid',
    body: z.strictObject({ token: firstAdminToken }),
    response: z.object({ valid: z.boolean(), expiresAt: instant.nullable() }),
    status: 200,
  },
  redeemFirstAdminLink: {
    method: 'post',
    path: '/first-admin',
    access: 'public',
    summary: 'Create the account of the first administrator with the one-time link, and log in',
    body: redeemFirstAdminBody,
    response: currentSession,
    status: 201,
  },
});
