/** Faces of the services as the client knows them at run time; their types, and nothing but those, come from the contracts. */
import type { APIS, Api, OperationOf, PathParams, PathQuery, Route, RouteOf, ServiceName } from '#contracts';
import { routePath } from '#contracts';
import { faces } from 'virtual:contract-faces';

declare const contract: unique symbol;

/** Methods and paths of a service, which carries the type of its contract along. */
export interface Face<A extends Api> {
  readonly service: string;
  readonly routes: Readonly<Record<OperationOf<A>, Pick<Route, 'method' | 'path'>>>;
  readonly [contract]?: A;
}

export type { ServiceName };

type Contract<Name extends ServiceName> = (typeof APIS)[Name];

/** Accounts and sessions. */
export const authApi: Face<Contract<'auth'>> = faces.auth;
/** Profiles, follows, settings, history. */
export const userApi: Face<Contract<'user'>> = faces.user;
/** The catalogue, likes, comments. */
export const videoApi: Face<Contract<'video'>> = faces.video;
/** Bytes of videos. */
export const mediaApi: Face<Contract<'media'>> = faces.media;
/** Jobs and dead letters. */
export const queueApi: Face<Contract<'queue'>> = faces.queue;
/** Views, watch time, trending. */
export const statsApi: Face<Contract<'stats'>> = faces.stats;
/** The inbox and the live stream. */
export const notifApi: Face<Contract<'notif'>> = faces.notif;

/** Path of an operation with parameters and query filled in; throws when a parameter is missing or empty. */
export function pathOf<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  params?: PathParams<RouteOf<A, Id>>,
  query?: PathQuery<RouteOf<A, Id>>,
): string {
  // routePath reads service and path alone, which a face has
  return routePath(face as unknown as A, id, params, query);
}
