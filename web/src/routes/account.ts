import type { RouteRecordRaw } from 'vue-router';

/** Pages about one's own account. */
export const accountRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'log-in',
    component: () => import('../views/log-in-view.vue'),
    meta: { title: 'Log in', access: 'guest' },
  },
  {
    path: '/signup',
    name: 'sign-up',
    component: () => import('../views/sign-up-view.vue'),
    meta: { title: 'Sign up', access: 'guest' },
  },
  {
    path: '/first-admin',
    name: 'first-admin',
    component: () => import('../views/first-admin-view.vue'),
    meta: { title: 'First administrator' },
  },
  {
    path: '/history',
    name: 'history',
    component: () => import('../views/history-view.vue'),
    meta: { title: 'History', access: 'session' },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('../views/settings-view.vue'),
    meta: { title: 'Settings', access: 'session' },
  },
];
