/** Where Ingress and HTTPRoute lead to. */
import type { Cursor } from './cursor.ts';
import type { ManifestObject, ManifestSet } from './manifest-set.ts';
import { servicePort } from './service-pods.ts';

/** A Service that the edge leads to. */
export interface Backend {
  readonly edge: ManifestObject;
  readonly name: string;
  readonly namespace: string;
  readonly port: number | string | undefined;
  /** The Service; undefined when it is not in the set. */
  readonly service: ManifestObject | undefined;
  /** Its entry for the port; undefined when it has none. */
  readonly entry: Cursor | undefined;
  readonly at: Cursor;
}

/** Every backend of every Ingress and HTTPRoute. */
export function backendsOf(set: ManifestSet): readonly Backend[] {
  return [
    ...set.ofKind('Ingress').flatMap((edge) =>
      ingressBackends(edge).map((at) => {
        const port = at.at('service', 'port', 'number').number ?? at.at('service', 'port', 'name').text;
        return backend(set, { edge, at, name: at.at('service', 'name').text ?? '', namespace: edge.namespace, port });
      }),
    ),
    ...set.ofKind('HTTPRoute').flatMap((edge) =>
      routeBackends(edge).map((at) => {
        const namespace = at.at('namespace').text ?? edge.namespace;
        return backend(set, { edge, at, name: at.at('name').text ?? '', namespace, port: at.at('port').number });
      }),
    ),
  ];
}

/** Names under which the edge of a set is known outside. */
export function publicHosts(set: ManifestSet): ReadonlySet<string> {
  const hosts = [...set.ofKind('Ingress'), ...set.ofKind('HTTPRoute')].flatMap(({ root }) => [
    ...root.at('spec', 'rules').items.map((rule) => rule.at('host').text),
    ...root.at('spec', 'hostnames').items.map((host) => host.text),
  ]);
  return new Set(hosts.filter((host) => host !== undefined));
}

/** Port by which the AWS Load Balancer Controller takes the name of a Service for that of an action in an annotation. */
const ACTION = 'use-annotation';

function ingressBackends(edge: ManifestObject): readonly Cursor[] {
  const paths = edge.root.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items);
  const backends = [...paths.map((path) => path.at('backend')), edge.root.at('spec', 'defaultBackend')];
  return backends.filter((at) => at.at('service').exists && at.at('service', 'port', 'name').text !== ACTION);
}

function routeBackends(edge: ManifestObject): readonly Cursor[] {
  const refs = edge.root.at('spec', 'rules').items.flatMap((rule) => rule.at('backendRefs').items);
  return refs.filter((ref) => (ref.at('kind').text ?? 'Service') === 'Service');
}

function backend(set: ManifestSet, written: Omit<Backend, 'service' | 'entry'>): Backend {
  const { namespace, name, port } = written;
  const service = set.find('Service', namespace, name);
  const entry = service === undefined || port === undefined ? undefined : servicePort(service, port);
  return { ...written, service, entry };
}
