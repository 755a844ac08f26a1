import { authApi } from './auth.ts';
import { mediaApi } from './media.ts';
import { notifApi } from './notif.ts';
import { queueApi } from './queue.ts';
import { statsApi } from './stats.ts';
import { userApi } from './user.ts';
import { videoApi } from './video.ts';

export { defineApi, PROBLEM_MEDIA_TYPE, routePath } from '#declare';
export type {
  Access,
  Api,
  BodyInputOf,
  BodyOf,
  OperationOf,
  Page,
  ParamsOf,
  PathParams,
  PathQuery,
  QueryOf,
  ResponseOf,
  Route,
  RouteOf,
  Routes,
} from '#declare';
export * from './auth.ts';
export * from './live-event.ts';
export * from './media.ts';
export * from './notif.ts';
export * from './page.ts';
export * from './period.ts';
export * from './problem.ts';
export * from './queue.ts';
export * from './stats.ts';
export * from './user.ts';
export * from './video-view.ts';
export * from './video.ts';

/** THE list of the seven services: their HTTP faces by name, in the order in which everything names them. */
export const APIS = {
  auth: authApi,
  user: userApi,
  video: videoApi,
  media: mediaApi,
  queue: queueApi,
  stats: statsApi,
  notif: notifApi,
} as const;

/** Name of one of the seven services. */
export type ServiceName = keyof typeof APIS;

/** Names of the services, in the order of their APIs. */
export const SERVICE_NAMES = Object.keys(APIS) as ServiceName[];
