import { watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { logInPath } from '../links.ts';
import { useServiceHealth } from '../stores/service-health.ts';
import { useSession } from '../stores/session.ts';

/** Keeps a page that needs a session from staying open without one, and asks again who is logged in when auth is back. */
export function useSessionGuard(): void {
  const session = useSession();
  const health = useServiceHealth();
  const route = useRoute();
  const router = useRouter();

  watch(
    () => health.away.some(({ service }) => service === 'auth'),
    (away) => {
      if (!away && !session.known) void session.ready();
    },
  );
  watch(
    () => session.known && !session.loggedIn && ['session', 'admin'].includes(route.meta.access ?? ''),
    (shutOut) => {
      // who logs out is led home by what logged out
      if (shutOut && session.ended !== 'logged-out') void router.replace(logInPath(route.fullPath));
    },
  );
}
