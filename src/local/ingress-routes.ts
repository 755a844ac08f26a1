import type { KubeObject } from './manifests.ts';
import { ofKind } from './manifests.ts';

/** One path of an Ingress and the Service port behind it. */
export interface EdgeRoute {
  readonly path: string;
  readonly exact: boolean;
  readonly service: string;
  readonly namespace: string;
  /** Port of the Service, by number or name. */
  readonly port: number | string;
}

interface IngressSpec {
  readonly defaultBackend?: Backend;
  readonly rules?: readonly { readonly http?: { readonly paths: readonly IngressPath[] } }[];
}

interface IngressPath {
  readonly path?: string;
  readonly pathType: string;
  readonly backend: Backend;
}

interface Backend {
  readonly service?: { readonly name: string; readonly port?: { readonly number?: number; readonly name?: string } };
}

/** Routes of all Ingress objects, whatever their host: locally there is one. */
export function ingressRoutes(objects: readonly KubeObject[]): EdgeRoute[] {
  return ofKind(objects, 'Ingress').flatMap(({ spec, metadata }) => {
    const { rules = [], defaultBackend } = spec as IngressSpec;
    const namespace = metadata.namespace ?? 'default';
    const paths = rules.flatMap(({ http }) => http?.paths ?? []);
    const fallback = defaultBackend === undefined ? [] : [{ path: '/', pathType: 'Prefix', backend: defaultBackend }];
    return [...paths, ...fallback].flatMap((one) => toRoute(one, namespace));
  });
}

/** The route of a path: an exact one before a prefix, a longer prefix before a shorter; by whole segments. */
export function routeOf(routes: readonly EdgeRoute[], path: string): EdgeRoute | undefined {
  const fitting = routes.filter((route) => (route.exact ? route.path === path : isBelow(path, route.path)));
  return [...fitting].sort((a, b) => Number(b.exact) - Number(a.exact) || b.path.length - a.path.length)[0];
}

function isBelow(path: string, prefix: string): boolean {
  const stem = prefix.replace(/\/+$/, '');
  return path === stem || path.startsWith(`${stem}/`);
}

function toRoute({ path, pathType, backend }: IngressPath, namespace: string): EdgeRoute[] {
  if (backend.service === undefined) return [];
  const { name, port } = backend.service;
  return [
    {
      path: path ?? '/',
      exact: pathType === 'Exact',
      service: name,
      namespace,
      port: port?.number ?? port?.name ?? 80,
    },
  ];
}
