import type { authApi as authContract, BodyInputOf, CurrentSession } from '#contracts';
import { authApi, call, Refusal } from '../api/index.ts';

type Auth = (typeof authContract)['routes'];

/** What an action of an account does to the session of the page. */
interface SessionChanges {
  /** Somebody is logged in now. */
  begin(made: CurrentSession): void;
  /** The same person has another session. */
  replace(made: CurrentSession): void;
  /** Nobody is logged in any more. */
  end(): void;
}

/** What a person does with an account: each asks auth, and changes the session of the page by its answer. */
export function authActions({ begin, replace, end }: SessionChanges) {
  return {
    async signUp(body: BodyInputOf<Auth['signUp']>): Promise<void> {
      begin(await call(authApi, 'signUp', { body }));
    },
    async logIn(body: BodyInputOf<Auth['logIn']>): Promise<void> {
      begin(await call(authApi, 'logIn', { body }));
    },
    async redeemFirstAdminLink(body: BodyInputOf<Auth['redeemFirstAdminLink']>): Promise<void> {
      begin(await call(authApi, 'redeemFirstAdminLink', { body }));
    },
    async changePassword(body: BodyInputOf<Auth['changePassword']>): Promise<void> {
      replace(await call(authApi, 'changePassword', { body }));
    },
    async logOut(): Promise<void> {
      try {
        await call(authApi, 'logOut');
      } catch (error) {
        if (!(error instanceof Refusal && error.code === 'no_session')) throw error;
      }
      end();
    },
    async deleteAccount(password: string): Promise<void> {
      await call(authApi, 'deleteAccount', { body: { password } });
      end();
    },
  };
}
