/** Who dials whom: read from the environment of containers and from the addresses in configuration that pods mount. */
import { placeOf } from './connections.ts';
import type { Connection } from './connections.ts';
import type { Cursor } from './cursor.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from './manifest-set.ts';
import { mountedConfigMaps } from './config-map-references.ts';
import { clusterNames, containerConnections } from './container-connections.ts';
import { podsBehind, servicePort, targetPort } from './service-pods.ts';

/** A pod that dials a Service of the cluster. */
export interface Dial {
  readonly pod: PodTemplate;
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
  /** Number of the one pod of a StatefulSet that is meant. */
  readonly ordinal?: number;
  readonly scheme: string | undefined;
  /** What names it, such as `container auth env NATS_URL`. */
  readonly named: string;
  /** Object and place where it stands. */
  readonly object: ManifestObject;
  readonly at: Cursor;
}

/** Addresses of stores in a configuration: scheme, host, port. */
const ADDRESS =
  /\b(nats|nats-route|redis|rediss|postgres|postgresql):\/\/(?:[^@\s/"',]*@)?([a-z0-9][a-z0-9.-]*)(?::(\d+))?/gi;
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  nats: 4222,
  'nats-route': 6222,
  redis: 6379,
  rediss: 6379,
  postgres: 5432,
  postgresql: 5432,
};

/** Every dial of the set to a name of the cluster; what is only supposed (a URL in a Secret) is left out. */
export function dialsOf(set: ManifestSet): readonly Dial[] {
  return set.derived(foundDials);
}

function foundDials(set: ManifestSet): readonly Dial[] {
  return set.pods.flatMap((pod) => [...envDials(set, pod), ...configurationDials(set, pod)]);
}

/** The pods that a dial may end at, with the port there. */
export function targetsOf(
  set: ManifestSet,
  dial: Dial,
): readonly { readonly pod: PodTemplate; readonly port: number }[] {
  const service = set.find('Service', dial.namespace, dial.service);
  if (service === undefined) return [];
  const entry = servicePort(service, dial.port);
  return podsBehind(set, service).flatMap((pod) => {
    const headless = service.root.at('spec', 'clusterIP').text === 'None';
    const port = headless || entry === undefined ? dial.port : targetPort(entry, pod);
    return port === undefined ? [] : [{ pod, port }];
  });
}

function envDials(set: ManifestSet, pod: PodTemplate): Dial[] {
  return pod.containers.flatMap((container) =>
    containerConnections(set, container).flatMap((connection) => {
      const { host, port, scheme, assumed, named, at } = connection;
      const home = assumed ? undefined : homeOf(set, pod, host, connection);
      return home === undefined ? [] : [{ pod, ...home, port, scheme, named, object: pod.object, at }];
    }),
  );
}

function configurationDials(set: ManifestSet, pod: PodTemplate): Dial[] {
  return mountedConfigMaps(pod).flatMap((name) => {
    const object = set.find('ConfigMap', pod.object.namespace, name);
    if (object === undefined) return [];
    return object.root.at('data').entries.flatMap(([key, at]) =>
      [...(at.text ?? '').matchAll(ADDRESS)].flatMap(([, scheme = '', host = '', port]) => {
        const place = placeOf(host, pod.object.namespace, clusterNames(set));
        const home = host === 'localhost' ? undefined : homeOf(set, pod, host, place);
        const number = port === undefined ? DEFAULT_PORTS[scheme.toLowerCase()] : Number(port);
        if (home === undefined || number === undefined) return [];
        return [{ pod, ...home, port: number, scheme, named: `ConfigMap ${name} ${key}`, object, at }];
      }),
    );
  });
}

/** The Service that a host of the cluster means, and which of its pods; undefined when it lies outside. */
function homeOf(
  set: ManifestSet,
  pod: PodTemplate,
  host: string,
  { service, namespace }: Pick<Connection, 'service' | 'namespace'>,
): Pick<Dial, 'service' | 'namespace' | 'ordinal'> | undefined {
  const [first = '', second, ...rest] = host.split('.');
  const [, statefulSet, ordinal] = /^(.+)-(\d+)$/.exec(first) ?? [];
  const oneOf = statefulSet && set.find('StatefulSet', namespace ?? pod.object.namespace, statefulSet);
  if (!oneOf || second === undefined) {
    return service === undefined || namespace === undefined ? undefined : { service, namespace };
  }
  // `nats-0.nats-headless`, which by its two labels alone could be a host of the internet
  if (service === undefined && rest.length > 0) return undefined;
  return { service: service ?? second, namespace: namespace ?? pod.object.namespace, ordinal: Number(ordinal) };
}
