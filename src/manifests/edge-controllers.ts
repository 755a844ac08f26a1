/**
 * Which controller serves an Ingress or HTTPRoute, and which one a peer of a NetworkPolicy means: known by the names that
 * their classes, labels and namespaces have by custom. What has no such name is not known, and not judged.
 */
import type { Cursor } from './cursor.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from './manifest-set.ts';
import { selects } from './selector.ts';
import { containerPorts } from './service-pods.ts';

/** Names of controllers, as parts of the names of their classes, labels and namespaces. */
const CONTROLLERS = ['traefik', 'nginx', 'kong', 'haproxy', 'cilium', 'istio', 'envoy', 'contour'] as const;

/** A controller of edges; `addresses` is one outside the cluster, as a load balancer of AWS. */
export type EdgeController = (typeof CONTROLLERS)[number] | 'addresses';

/** The controller of an Ingress or HTTPRoute; undefined where its class does not tell. */
export function edgeController(set: ManifestSet, edge: ManifestObject): EdgeController | undefined {
  if (edge.kind === 'Ingress') {
    const old = edge.root.at('metadata', 'annotations', 'kubernetes.io/ingress.class').text;
    return byClass(edge.root.at('spec', 'ingressClassName').text ?? old ?? '');
  }
  const found = edge.root.at('spec', 'parentRefs').items.map((ref) => {
    const namespace = ref.at('namespace').text ?? edge.namespace;
    const gateway = set.find('Gateway', namespace, ref.at('name').text ?? '');
    return byClass(gateway?.root.at('spec', 'gatewayClassName').text ?? '');
  });
  return found.length === 1 ? found[0] : undefined;
}

/** The controller that a peer of a NetworkPolicy means; undefined for addresses, and for pods that are no known controller. */
export function controllerOfPeer(peer: Cursor): EdgeController | undefined {
  if (peer.at('ipBlock').exists) return undefined;
  const labels = peer.at('podSelector', 'matchLabels').strings;
  const namespace = peer.at('namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name').text ?? '';
  return [...Object.values(labels), namespace].map(byName).find((it) => it !== undefined);
}

/** Whether a peer of a NetworkPolicy is the pods of a Gateway, by the label that implementations give them (GEP-1762). */
export function isGatewayPeer(peer: Cursor): boolean {
  return peer.at('podSelector', 'matchLabels').strings['gateway.networking.k8s.io/gateway-name'] !== undefined;
}

/** Whether a CiliumNetworkPolicy lets Cilium's proxy into a port of a pod, which a NetworkPolicy cannot say. */
export function ciliumLetsIn(set: ManifestSet, pod: PodTemplate, port: number): boolean {
  const names = containerPorts(pod).flatMap((it) => (it.port === port && it.name !== undefined ? [it.name] : []));
  return set.ofKind('CiliumNetworkPolicy').some(({ namespace, root }) => {
    const spec = root.at('spec');
    if (namespace !== pod.object.namespace || !selects(spec.at('endpointSelector'), pod.labels)) return false;
    return spec.at('ingress').items.some((rule) => {
      const ports = rule.at('toPorts').items.flatMap((it) => it.at('ports').items);
      const isOpen = ports.length === 0 || ports.some((it) => ciliumPortMatches(it, port, names));
      return isOpen && rule.at('fromEntities').items.some((it) => it.text === 'ingress');
    });
  });
}

/** Cilium takes the name of a port or its number, which is text as a rule and with `endPort` the first of a range. */
function ciliumPortMatches(entry: Cursor, port: number, names: readonly string[]): boolean {
  const { value, text = '' } = entry.at('port');
  const first = Number(value);
  return names.includes(text) || (port >= first && port <= (entry.at('endPort').number ?? first));
}

function byClass(name: string): EdgeController | undefined {
  if (name === 'alb' || name === 'amazon-vpc-lattice') return 'addresses';
  return name === 'eg' ? 'envoy' : byName(name);
}

function byName(name: string): EdgeController | undefined {
  return CONTROLLERS.find((it) => new RegExp(`(?:^|[^a-z])${it}(?:$|[^a-z])`).test(name));
}
