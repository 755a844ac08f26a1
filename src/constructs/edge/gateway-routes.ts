/**
 * Which path of the edge routes to which Service. Nothing is stripped: a service mounts its routes under its prefix.
 */
import type { Fault } from '#env';

/**
 * A declaration with a route, such as one of `declareService`: its prefix routes to the Service of its name, port 8000.
 */
export interface RoutedService {
  /** Name of the service and of its Service. */
  readonly name: string;
  /** Path prefix; undefined for a service without a route, which is left out. */
  readonly route: string | undefined;
}

/** A path prefix and its Service. */
export interface GatewayRoute {
  /** Prefix by whole path elements, such as `/api/auth`; `/` matches everything else. */
  readonly prefix: string;
  /** Service, by name or by anything that has one. */
  readonly service: string | { readonly name: string };
  /** Port of the Service. @default 8000 */
  readonly port?: number;
}

/** A route with everything filled in. */
export interface ResolvedRoute {
  /** Path prefix. */
  readonly prefix: string;
  /** Name of the Service. */
  readonly service: string;
  /** Port of the Service. */
  readonly port: number;
}

/** Port of every service's Service. */
const SERVICE_PORT = 8000;
const PREFIX = /^(\/|(\/[A-Za-z0-9._~-]+)+)$/;

/** Fills in the routes; a declaration without a route gives none. The catch-all comes last, all else stays as given. */
export function resolveRoutes(routes: readonly (RoutedService | GatewayRoute)[]): readonly ResolvedRoute[] {
  const resolved = routes.flatMap(resolveRoute);
  return [...resolved.filter((it) => it.prefix !== '/'), ...resolved.filter((it) => it.prefix === '/')];
}

/** Invalid prefixes, prefixes that are used twice, and a gateway without any. */
export function routeFaults(routes: readonly ResolvedRoute[], place: string): readonly Fault[] {
  if (routes.length === 0) {
    const message = 'the gateway has no route: add services that declare a route, or web';
    return [{ rule: 'gateway-no-route', place, message }];
  }
  return routes.flatMap((route, index) => {
    const { prefix, service } = route;
    if (!PREFIX.test(prefix)) {
      const message = `the prefix is ${JSON.stringify(prefix)}, it must be /, or start but not end with /: write it like /api/${service}`;
      return [{ rule: 'gateway-prefix', place: `${place} route ${service}`, message }];
    }
    const earlier = routes.slice(0, index).find((other) => other.prefix === prefix);
    if (earlier === undefined) return [];
    const message = `the prefix ${prefix} routes to both ${earlier.service} and ${service}: give one of them another prefix`;
    return [{ rule: 'gateway-prefix-twice', place: `${place} route ${service}`, message }];
  });
}

function resolveRoute(route: RoutedService | GatewayRoute): ResolvedRoute[] {
  // a construct of a service has its Service too
  if (!('prefix' in route)) {
    return route.route === undefined ? [] : [{ prefix: route.route, service: route.name, port: SERVICE_PORT }];
  }
  const service = typeof route.service === 'string' ? route.service : route.service.name;
  return [{ prefix: route.prefix, service, port: route.port ?? SERVICE_PORT }];
}
