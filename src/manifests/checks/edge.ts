/** Ingress and HTTPRoute: the Services and ports behind them exist, and the class is named. */
import { backendsOf } from '../backends.ts';
import type { Backend } from '../backends.ts';
import type { ManifestObject } from '../manifest-set.ts';
import { faultAt, isElsewhere, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every fault of the edge. */
export function edgeFaults(input: CheckInput): readonly ManifestFault[] {
  return [
    ...backendsOf(input.set).flatMap((it) => backendFaults(input, it)),
    ...input.set.ofKind('Ingress').flatMap(classFaults),
    ...input.set.ofKind('Ingress').flatMap(oldFieldFaults),
  ];
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
        `it routes to the Service ${name}, which does not exist in the namespace: ${hint}`,
      ),
    ];
  }
  if (entry !== undefined) return [];
  const ports = service.root.at('spec', 'ports').items.map((it) => String(it.at('port').value));
  const message = `it routes to port ${port ?? 'none'}, which the Service ${name} does not have: ${nearest(String(port), ports)}`;
  return [faultAt(edge, at, 'edge-port', message)];
}

/** Fields of the versions before networking.k8s.io/v1, with what is in their place. */
const OLD_FIELDS: Readonly<Record<string, string>> = {
  serviceName: 'service.name',
  servicePort: 'service.port.number, or service.port.name',
};

function oldFieldFaults(ingress: ManifestObject): ManifestFault[] {
  if (ingress.apiVersion !== 'networking.k8s.io/v1') return [];
  const spec = ingress.root.at('spec');
  const paths = spec.at('rules').items.flatMap((rule) => rule.at('http', 'paths').items);
  const old = [...paths.map((path) => path.at('backend')), spec.at('defaultBackend')].flatMap((backend) =>
    Object.entries(OLD_FIELDS).flatMap(([field, now]) =>
      backend.at(field).exists ? [{ at: backend.at(field), field, now }] : [],
    ),
  );
  const fields = spec.at('backend').exists
    ? [{ at: spec.at('backend'), field: 'backend', now: 'defaultBackend' }, ...old]
    : old;
  return [
    ...fields.map(({ at, field, now }) => {
      const message = `${field} is a field of the beta API, which networking.k8s.io/v1 does not have: use ${now}`;
      return faultAt(ingress, at, 'edge-old-field', message);
    }),
    ...paths
      .filter((path) => path.at('backend').exists && !path.at('pathType').exists)
      .map((path) => {
        const message =
          'pathType is missing, but networking.k8s.io/v1 requires it: set Prefix, Exact or ImplementationSpecific';
        return faultAt(ingress, path, 'edge-old-field', message);
      }),
  ];
}

function classFaults(ingress: ManifestObject): ManifestFault[] {
  if (ingress.root.at('spec', 'ingressClassName').exists) return [];
  const message =
    'ingressClassName is missing, so the default class of the cluster would serve it: set the class, such as traefik on k3s';
  return [faultAt(ingress, ingress.root.at('spec'), 'edge-class', message)];
}
