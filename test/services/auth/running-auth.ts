import { randomUUID } from 'node:crypto';
import { auth } from '#catalog';
import { authApi, type CurrentSession } from '#contracts';
import { startService, type Logger, type RunningService } from '#runtime';
import type { Sessions } from '#services/platform';
import { definition as authDefinition } from '#services/auth/definition';
import type { Tables as AuthTables } from '#services/auth/tables';
import { ApiClient } from '#test-support/api-client';
import type { ServiceStores } from '#test-support/service-stores';

/** auth as it runs in a test. */
export type RunningAuth = RunningService<typeof auth, AuthTables, Sessions>;
/** A browser of somebody who uses auth. */
export type AuthClient = ApiClient<typeof authApi>;

/** Somebody with an account. */
export interface SignedUp {
  readonly client: AuthClient;
  readonly session: CurrentSession;
  readonly handle: string;
  readonly email: string;
  readonly password: string;
}

/** Limits so wide that no test meets them. */
export const WIDE_LIMITS = { LOGIN_LIMIT: '10000', SIGNUP_LIMIT: '10000', RATE_LIMIT: '100000' } as const;

/** Starts auth on the stores. */
export async function startAuth(
  stores: ServiceStores,
  changes: Readonly<Record<string, string>> = WIDE_LIMITS,
  log?: Logger,
): Promise<RunningAuth> {
  const env = stores.env(auth, changes);
  return await startService(authDefinition, { env, port: 0, ...(log === undefined ? {} : { log }) });
}

/** A browser without a session. */
export function authClient({ url }: RunningAuth, address?: string): AuthClient {
  return new ApiClient(url, authApi, address === undefined ? {} : { address });
}

/** What a new person gives. */
export function newPerson(name = `u${randomUUID().slice(0, 8)}`) {
  return {
    handle: name,
    email: `${name}@example.org`,
    displayName: `Person ${name}`,
    password: `tree ${name} & river`,
  };
}

/** Signs a new person up. */
export async function signUp(running: RunningAuth, name?: string): Promise<SignedUp> {
  const person = newPerson(name);
  const client = authClient(running);
  const { status, body, problem } = await client.send('signUp', { body: person });
  if (status !== 201) throw new Error(`sign-up was refused: ${JSON.stringify(problem)}`);
  return { client, session: body, handle: person.handle, email: person.email, password: person.password };
}

/** The same person in another browser. */
export async function logInAgain(running: RunningAuth, { handle, password }: SignedUp): Promise<SignedUp['client']> {
  const client = authClient(running);
  const { status } = await client.send('logIn', { body: { login: handle, password } });
  if (status !== 201) throw new Error(`log-in was refused: ${status}`);
  return client;
}
