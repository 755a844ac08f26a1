import type { RouteRecordRaw } from 'vue-router';
import HomeView from '../views/home-view.vue';

/** Pages that anybody may open. */
export const browseRoutes: readonly RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomeView, meta: { title: '' } },
  {
    path: '/search',
    name: 'search',
    component: () => import('../views/search-view.vue'),
    meta: { title: 'Search' },
  },
  {
    path: '/@:handle',
    name: 'channel',
    component: () => import('../views/channel-view.vue'),
    meta: { title: 'Channel' },
  },
  {
    path: '/following',
    name: 'following',
    component: () => import('../views/following-view.vue'),
    meta: { title: 'Following', access: 'session' },
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('../views/not-found-view.vue'),
    meta: { title: 'Not found' },
  },
];
