import type { BodyInputOf, CurrentSession } from '#contracts';
import type { authApi as authContract } from '#contracts';
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { authApi, call, onCallOutcome, queryClient, Refusal } from '../api/index.ts';

type Auth = (typeof authContract)['routes'];

/** Why a session is no longer there: somebody logged out, it ran out, or it was ended elsewhere. */
export type SessionEnd = 'logged-out' | 'expired' | 'revoked';

/** Who is logged in. */
export const useSession = defineStore('session', () => {
  const session = ref<CurrentSession | null>(null);
  /** Whether auth has told who is logged in; false while it is asked, and while it is away. */
  const known = ref(false);
  const ended = ref<SessionEnd>();
  let asked: Promise<void> | undefined;

  const account = computed(() => session.value?.account);
  const loggedIn = computed(() => session.value !== null);
  const isAdmin = computed(() => account.value?.role === 'admin');

  /** Asks auth who is logged in, once; again after it failed. Never throws: what is away is told by the service health. */
  function ready(): Promise<void> {
    asked ??= call(authApi, 'readSession')
      .then((answer) => {
        session.value = answer.session;
        known.value = true;
      })
      .catch(() => {
        asked = undefined;
      });
    return asked;
  }

  async function signUp(body: BodyInputOf<Auth['signUp']>): Promise<void> {
    begin(await call(authApi, 'signUp', { body }));
  }

  async function logIn(body: BodyInputOf<Auth['logIn']>): Promise<void> {
    begin(await call(authApi, 'logIn', { body }));
  }

  async function redeemFirstAdminLink(body: BodyInputOf<Auth['redeemFirstAdminLink']>): Promise<void> {
    begin(await call(authApi, 'redeemFirstAdminLink', { body }));
  }

  async function changePassword(body: BodyInputOf<Auth['changePassword']>): Promise<void> {
    session.value = await call(authApi, 'changePassword', { body });
  }

  async function logOut(): Promise<void> {
    try {
      await call(authApi, 'logOut');
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'no_session')) throw error;
    }
    end('logged-out');
  }

  async function deleteAccount(password: string): Promise<void> {
    await call(authApi, 'deleteAccount', { body: { password } });
    end('logged-out');
  }

  /** Takes a session that auth made; what was read as somebody else is forgotten. */
  function begin(made: CurrentSession): void {
    session.value = made;
    known.value = true;
    asked = Promise.resolve();
    ended.value = undefined;
    queryClient.clear();
  }

  /** Forgets the session and what was read with it. */
  function end(why: SessionEnd): void {
    if (session.value === null) return;
    session.value = null;
    ended.value = why;
    queryClient.clear();
  }

  onCallOutcome(({ error }) => {
    if (error instanceof Refusal && error.code === 'no_session') end('expired');
  });

  return {
    session,
    known,
    ended,
    account,
    loggedIn,
    isAdmin,
    ready,
    signUp,
    logIn,
    redeemFirstAdminLink,
    changePassword,
    logOut,
    deleteAccount,
    end,
  };
});
