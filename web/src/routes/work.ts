import type { RouteRecordRaw } from 'vue-router';

/** Pages about videos: watching, uploading and what comes of it. */
export const workRoutes: readonly RouteRecordRaw[] = [];
