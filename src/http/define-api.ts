import { assertProps } from '#prop-shapes';
import type { Api, Routes } from './route.ts';

/**
 * Declares the HTTP face of a service. It stands apart from {@link routePath}, which a page in a browser loads: what is
 * checked at the declaration stays out of there.
 *
 * Throws when the name or the routes are missing or have another shape.
 */
export function defineApi<const R extends Routes>(service: string, routes: R): Api<R> {
  assertProps({ service, routes }, { service: 'text!', routes: 'map!' }, 'defineApi', 'defineApi');
  return { service, routes };
}
