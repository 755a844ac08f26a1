import type { KubeObject } from './manifests.ts';
import { ofKind } from './manifests.ts';
import type { Workload } from './workload.ts';

/** One port of a Service, and which container port of which workload answers there. */
export interface ServicePort {
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
  readonly portName: string | undefined;
  readonly workload: string;
  readonly containerPort: number;
}

interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly port: number; readonly name?: string; readonly targetPort?: number | string }[];
}

/** Ports of all Services whose selector finds a workload. */
export function servicePorts(objects: readonly KubeObject[], workloads: readonly Workload[]): ServicePort[] {
  return ofKind(objects, 'Service').flatMap((object) => {
    const { selector, ports = [] } = object.spec as ServiceSpec;
    const namespace = object.metadata.namespace ?? 'default';
    const workload = workloads.find((one) => one.namespace === namespace && selects(selector, one.labels));
    if (workload === undefined) return [];
    return ports.map(({ port, name, targetPort }) => ({
      service: object.metadata.name,
      namespace,
      port,
      portName: name,
      workload: workload.name,
      containerPort: containerPort(workload, targetPort ?? port),
    }));
  });
}

/** Number of a container port that a probe or Service names by number or by name. */
export function containerPort({ containers }: Pick<Workload, 'containers'>, port: number | string): number {
  if (typeof port === 'number') return port;
  const ports = containers.flatMap((container) => container.ports ?? []);
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

/** A port of the cluster and the port of this machine that stands for it. */
export interface LocalAddress {
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
  readonly localPort: number;
}

const LOOPBACK = '127.0.0.1';

/**
 * The variables with each cluster address in them replaced by the local one: `host:port` anywhere in a value, and a
 * host alone in `X_HOST` together with its port in `X_PORT`. A pod of `namespace` may use a Service's short name. `tls://` of a
 * NATS server becomes `nats://`, because the local one has no certificate.
 */
export function localizeAddresses(
  env: Readonly<Record<string, string>>,
  addresses: readonly LocalAddress[],
  namespace: string,
): Record<string, string> {
  const replaced = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, localizeText(value, addresses, namespace)]),
  );
  for (const [name, value] of Object.entries(env)) {
    const portName = name.replace(/HOST(NAME)?$/, 'PORT');
    const found = addresses.find(
      ({ port, ...address }) => hostNames(address, namespace).includes(value) && env[portName] === String(port),
    );
    if (found === undefined || portName === name) continue;
    replaced[name] = LOOPBACK;
    replaced[portName] = String(found.localPort);
  }
  return replaced;
}

function localizeText(text: string, addresses: readonly LocalAddress[], namespace: string): string {
  return addresses.reduce(
    (current, { port, localPort, ...address }) =>
      hostNames(address, namespace).reduce((value, host) => {
        const pattern = new RegExp(`(tls://)?(?<![\\w.-])${host.replaceAll('.', '\\.')}:${String(port)}(?!\\d)`, 'g');
        return value.replace(
          pattern,
          (_, tls?: string) => `${tls === undefined ? '' : 'nats://'}${LOOPBACK}:${String(localPort)}`,
        );
      }, current),
    text,
  );
}

/** Names of a Service, longest first, as a pod of `from` may write them. */
function hostNames({ service, namespace }: Pick<LocalAddress, 'service' | 'namespace'>, from: string): string[] {
  const full = `${service}.${namespace}`;
  return [`${full}.svc.cluster.local`, `${full}.svc`, full, ...(namespace === from ? [service] : [])];
}

function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
