/** The router: pages, who may open them, and what happens to title, focus and scroll when one is opened. */
import { nextTick } from 'vue';
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router';
import { tabStore } from './browser-storage.ts';
import { documentTitle } from './document-title.ts';
import { logInPath, safeNext } from './links.ts';
import { accountRoutes } from './routes/account.ts';
import { browseRoutes } from './routes/browse.ts';
import { workRoutes } from './routes/work.ts';
import { pageIsServed } from './api/index.ts';
import { untilLongEnough } from './scroll-restore.ts';
import { useSession } from './stores/session.ts';
import { useToasts } from './stores/toasts.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** Title of the page; the name of the platform is put after it. A page may set a closer one with `usePageTitle`. */
    readonly title?: string;
    /** Who may open the page. @default - anybody */
    readonly access?: 'session' | 'admin' | 'guest';
  }
}

/** Routes of all pages. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [...workRoutes, ...accountRoutes, ...browseRoutes],
  async scrollBehavior(to, from, saved) {
    if (saved) {
      const isStillWanted = (await untilLongEnough(saved.top)) && router.currentRoute.value.fullPath === to.fullPath;
      return isStillWanted ? saved : false;
    }
    if (to.hash !== '') return { el: to.hash };
    return to.path === from.path ? false : { top: 0 };
  },
});

router.beforeEach(async (to) => {
  const { access } = to.meta;
  const session = useSession();
  const asked = session.ready();
  if (access === undefined) return true;
  await asked;
  // auth is away: the page is opened, and says itself what it cannot show
  if (!session.known) return true;
  if (access === 'guest') return session.loggedIn ? safeNext(to.query['next']) : true;
  if (!session.loggedIn) return logInPath(to.fullPath);
  return access === 'admin' && !session.isAdmin
    ? { name: 'not-found', params: { path: to.path.slice(1).split('/') } }
    : true;
});

router.afterEach((to, from, failure) => {
  if (failure) return;
  document.title = documentTitle(to.meta.title ?? '');
  if (from.matched.length > 0 && to.path !== from.path) void nextTick(() => focusPage(to));
});

router.onError(async (error: unknown, to) => {
  if (!isMissingChunk(error)) return;
  // after a deployment the files of pages not yet opened have new names: reload the whole page, once
  if ((await pageIsServed()) && tabStore.get('reloaded') !== to.fullPath) {
    tabStore.set('reloaded', to.fullPath);
    location.assign(to.fullPath);
    return;
  }
  useToasts().tellFault('That page could not be loaded. Try again when the connection is back.');
});

/** Moves focus to the start of the page, so that keyboard and screen reader go on there. */
function focusPage(to: RouteLocationNormalized): void {
  if (to.hash !== '') return;
  const main = document.querySelector<HTMLElement>('main');
  if (main && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
}

function isMissingChunk(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|importing a module script/i.test(error.message);
}
