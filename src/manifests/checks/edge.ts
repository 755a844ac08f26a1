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
