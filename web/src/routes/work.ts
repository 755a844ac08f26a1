import type { RouteRecordRaw } from 'vue-router';

/** Pages about videos: watching, uploading and what comes of it. */
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
    component: () => import('../views/upload-view.vue'),
    meta: { title: 'Upload', access: 'session' },
  },
];
