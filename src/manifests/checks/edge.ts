/** Ingress and HTTPRoute: the Services and ports behind them exist, and the class is named. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, ManifestSet } from '../manifest-set.ts';
import { faultAt, isElsewhere, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
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
        return backend(set, edge, at, at.at('service', 'name').text, edge.namespace, port);
      }),
    ),
    ...set.ofKind('HTTPRoute').flatMap((edge) =>
      routeBackends(edge).map((at) => {
        const namespace = at.at('namespace').text ?? edge.namespace;
        return backend(set, edge, at, at.at('name').text, namespace, at.at('port').number);
      }),
    ),
  ];
}

/** Every fault of the edge. */
export function edgeFaults(input: CheckInput): readonly ManifestFault[] {
  return [
    ...backendsOf(input.set).flatMap((it) => backendFaults(input, it)),
    ...input.set.ofKind('Ingress').flatMap(classFaults),
  ];
}

function ingressBackends(edge: ManifestObject): readonly Cursor[] {
  const paths = edge.root.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items);
  const backends = [...paths.map((path) => path.at('backend')), edge.root.at('spec', 'defaultBackend')];
  return backends.filter((at) => at.at('service').exists);
}

function routeBackends(edge: ManifestObject): readonly Cursor[] {
  const refs = edge.root.at('spec', 'rules').items.flatMap((rule) => rule.at('backendRefs').items);
  return refs.filter((ref) => (ref.at('kind').text ?? 'Service') === 'Service');
}

function backend(
  set: ManifestSet,
  edge: ManifestObject,
  at: Cursor,
  name = '',
  namespace: string,
  port: number | string | undefined,
): Backend {
  const service = set.find('Service', namespace, name);
  const entry = service === undefined || port === undefined ? undefined : servicePort(service, port);
  return { edge, name, namespace, port, service, entry, at };
}

function backendFaults(
  input: CheckInput,
  { edge, name, namespace, port, service, entry, at }: Backend,
): ManifestFault[] {
  if (isElsewhere(input, name)) return [];
  if (service === undefined) {
    const names = input.set.ofKind('Service').filter((it) => it.namespace === namespace);
    const hint = nearest(
      name,
      names.map((it) => it.name),
    );
    return [
      faultAt(
        edge,
        at,
        'edge-service',
        `it leads to the Service ${name}, which does not exist in the namespace: ${hint}`,
      ),
    ];
  }
  if (entry !== undefined) return [];
  const ports = service.root.at('spec', 'ports').items.map((it) => String(it.at('port').value));
  const message = `it leads to port ${port ?? 'none'} of the Service ${name}, which it does not have: ${nearest(String(port), ports)}`;
  return [faultAt(edge, at, 'edge-port', message)];
}

function classFaults(ingress: ManifestObject): ManifestFault[] {
  if (ingress.root.at('spec', 'ingressClassName').exists) return [];
  const message =
    'ingressClassName is missing, so it depends on a default of the cluster who serves it: name the class, such as traefik on k3s';
  return [faultAt(ingress, ingress.root.at('spec'), 'edge-class', message)];
}
