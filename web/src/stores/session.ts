import type { CurrentSession } from '#contracts';
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { authApi, call, onCallOutcome, queryClient, Refusal, Unreachable } from '../api/index.ts';
import { authActions } from './auth-actions.ts';

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

  /** Asks auth who is logged in, once; again after it failed. Never throws: the service health tells what is away. */
  function ready(): Promise<void> {
    asked ??= call(authApi, 'readSession')
      .then((answer) => {
        session.value = answer.session;
        known.value = true;
      })
      .catch((error: unknown) => {
        asked = undefined;
        // a fault of the page is no outage: it must be seen
        if (!(error instanceof Refusal || error instanceof Unreachable)) console.error(error);
      });
    return asked;
  }

  /** Starts a session that auth made; what was read as somebody else is forgotten. */
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

  const actions = authActions({ begin, replace: (made) => (session.value = made), end: () => end('logged-out') });
  return { session, known, ended, account, loggedIn, isAdmin, ready, end, ...actions };
});
