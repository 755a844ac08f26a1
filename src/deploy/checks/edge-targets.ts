/** What the edge should answer with, as dist says: for each route the version of the pods behind it. */
import { podsBehind, rawEnv } from '#manifests';
import type { Cursor, ManifestObject, ManifestSet } from '#manifests';

/** One path of the edge and what is behind it. */
export interface EdgeTarget {
  /** The workload, as `Kind/name`. */
  readonly object: string;
  readonly service: string;
  /** What is asked for: `/api/auth/version`. */
  readonly path: string;
  /** What it must answer with; undefined for pods without APP_VERSION, which must only answer. */
  readonly version: string | undefined;
}

/** The variable by which a pod knows which version it is. */
const VERSION_VARIABLE = 'APP_VERSION';

/** Every route of every Ingress and HTTPRoute, each path once. */
export function edgeTargets(set: ManifestSet): readonly EdgeTarget[] {
  const targets = [
    ...set.ofKind('Ingress').flatMap(ingressRoutes),
    ...set.ofKind('HTTPRoute').flatMap(httpRoutes),
  ].flatMap(({ path, service, namespace }) => targetOf(set, path, set.find('Service', namespace, service)));
  return [...new Map(targets.map((target) => [target.path, target])).values()];
}

/** Which edge is to be asked. */
export interface EdgeChoice {
  /** Address that was given; undefined for the host of dist. */
  readonly url: string | undefined;
  readonly skipsEdge: boolean;
}

/** Address of the edge; undefined when it is not to be asked, or dist names no host. */
export function chosenEdge({ url, skipsEdge }: EdgeChoice, set: ManifestSet): string | undefined {
  return skipsEdge ? undefined : (url ?? edgeAddress(set));
}

/** The first host that dist names, as an address; undefined when it names none. */
export function edgeAddress(set: ManifestSet): string | undefined {
  const [ingress] = set.ofKind('Ingress');
  const host = ingress?.root.at('spec', 'rules', 0, 'host').text;
  if (host !== undefined) return `${ingress?.root.at('spec', 'tls', 0).exists === true ? 'https' : 'http'}://${host}`;
  const name = set.ofKind('HTTPRoute')[0]?.root.at('spec', 'hostnames', 0).text;
  return name === undefined ? undefined : `https://${name}`;
}

interface Route {
  readonly path: string;
  readonly service: string;
  readonly namespace: string;
}

function ingressRoutes({ root, namespace }: ManifestObject): readonly Route[] {
  const paths = root.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items);
  return paths.flatMap((at) => routeOf(at.at('path'), at.at('backend', 'service', 'name'), namespace));
}

function httpRoutes({ root, namespace }: ManifestObject): readonly Route[] {
  return root
    .at('spec', 'rules')
    .items.flatMap((rule) =>
      rule
        .at('matches')
        .items.flatMap((match) => routeOf(match.at('path', 'value'), rule.at('backendRefs', 0, 'name'), namespace)),
    );
}

function routeOf(path: Cursor, service: Cursor, namespace: string): readonly Route[] {
  return service.text === undefined ? [] : [{ path: path.text ?? '/', service: service.text, namespace }];
}

function targetOf(set: ManifestSet, path: string, service: ManifestObject | undefined): readonly EdgeTarget[] {
  const pod = service === undefined ? undefined : podsBehind(set, service)[0];
  if (service === undefined || pod === undefined) return [];
  const object = `${pod.object.kind}/${pod.object.name}`;
  const variables = pod.containers.filter(({ initial }) => !initial).flatMap(({ at }) => rawEnv(at));
  const version = variables.find(({ name }) => name === VERSION_VARIABLE)?.value;
  const asked = version === undefined ? path : `${path.replace(/\/$/, '')}/version`;
  return [{ object, service: service.name, path: asked, version }];
}
