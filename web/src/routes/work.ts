import type { RouteRecordRaw } from 'vue-router';

/** Pages about videos: watching, uploading and processing. */
export const workRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/watch/:videoId',
    name: 'watch',
    component: () => import('../views/watch-view.vue'),
    meta: { title: 'Watch' },
  },
  {
    path: '/upload',
    name: 'upload',
    component: () => import('../views/uploads-view.vue'),
    meta: { title: 'Upload', access: 'session' },
  },
  {
    path: '/videos',
    name: 'my-videos',
    component: () => import('../views/my-videos-view.vue'),
    meta: { title: 'My videos', access: 'session' },
  },
  {
    path: '/notifications',
    name: 'notifications',
    component: () => import('../views/notifications-view.vue'),
    meta: { title: 'Notifications', access: 'session' },
  },
  {
    path: '/studio',
    name: 'studio',
    component: () => import('../views/studio-view.vue'),
    meta: { title: 'Studio', access: 'session' },
  },
  {
    path: '/jobs',
    name: 'jobs',
    component: () => import('../views/jobs-view.vue'),
    meta: { title: 'Jobs', access: 'admin' },
  },
];
