import {
  routePath,
  type Api,
  type OperationOf,
  type PathParams,
  type PathQuery,
  type Route,
  type RouteOf,
} from '#http';

declare const contract: unique symbol;

/** Methods and paths of a service, without its schemas. It carries the type of its contract along. */
export interface Face<A extends Api> {
  /** Name of the service. */
  readonly service: string;
  /** Method and path of each operation. */
  readonly routes: Readonly<Record<OperationOf<A>, Pick<Route, 'method' | 'path'>>>;
  /** Type of the contract. @default - never there at run time */
  readonly [contract]?: A;
}

/**
 * What a client needs of a contract at run time. A page that imports the result rather than the contract, by a build step or
 * as JSON, holds no schemas.
 *
 * @example
 * await writeFile('orders-face.json', JSON.stringify(faceOf(ordersApi)));
 */
export function faceOf<A extends Api>({ service, routes }: A): Face<A> {
  const entries = Object.entries(routes).map(([id, { method, path }]) => [id, { method, path }]);
  return { service, routes: Object.fromEntries(entries) as Face<A>['routes'] };
}

/** Path of an operation with parameters and query filled in. Throws when a parameter is missing or empty. */
export function pathOf<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  params?: PathParams<RouteOf<A, Id>>,
  query?: PathQuery<RouteOf<A, Id>>,
): string {
  // routePath reads service and path alone, which a face has
  return routePath(face as unknown as A, id, params, query);
}
