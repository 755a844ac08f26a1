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
export { APIS, SERVICE_NAMES, type ServiceName } from './apis.ts';
export * from './live-event.ts';
export * from './page.ts';
export * from './period.ts';
export * from './problem.ts';
export * from './services.ts';
export * from './video-view.ts';
