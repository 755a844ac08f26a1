/** Ports of a service besides 8000: of its own container and of sidecars. */
import type { k8s } from 'cdk8s-plus-27';
import type { Fault } from '#env';
import type { EdgePeer } from '../edge/edge.ts';
import { intOrString } from '../object/kube-objects.ts';
import { HIGHEST_PORT, isPort } from '../object/port.ts';

/** An additional port of a container. */
export interface ExtraPort {
  /** Name, at most 15 lower-case letters, digits and dashes. */
  readonly name: string;
  /** Number of the port, in the container and in the Service. */
  readonly port: number;
  /**
   * Who may reach it from other pods. With callers, the port is in the Service and in the NetworkPolicy; without, it is
   * for the pod alone. An edge that routes to it is a caller too, Cilium's proxy as `{ ciliumEntity: 'ingress' }`.
   * @default []
   */
  readonly callers?: readonly EdgePeer[];
  /** What is spoken, for meshes and gateways: `kubernetes.io/h2c` or `grpc`. @default - none stated */
  readonly appProtocol?: string;
}

const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;

/** Ports as a container has them. */
export function containerPorts(ports: readonly ExtraPort[]): k8s.ContainerPort[] {
  return ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' }));
}

/** Those that others may reach, as the Service has them. */
export function servicePorts(ports: readonly ExtraPort[]): k8s.ServicePort[] {
  return reachable(ports).map(({ name, port, appProtocol }) => ({
    name,
    port,
    protocol: 'TCP',
    targetPort: intOrString(name),
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }));
}

/** Those that others may reach. */
export function reachable(ports: readonly ExtraPort[]): readonly ExtraPort[] {
  return ports.filter(({ callers = [] }) => callers.length > 0);
}

/** What is wrong with the ports of a pod; `taken` are those that it has anyway. */
export function portFaults(
  ports: readonly ExtraPort[],
  taken: readonly { readonly name: string; readonly port: number }[],
  place: string,
): readonly Fault[] {
  const fault = (message: string): Fault => ({ rule: 'port', place, message });
  return ports.flatMap(({ name, port }, index) => {
    const others = [...taken, ...ports.slice(0, index)];
    const twin = others.find((other) => other.port === port || other.name === name);
    return [
      ...(PORT_NAME.test(name)
        ? []
        : [fault(`port name is ${JSON.stringify(name)}, must be at most 15 lower-case letters, digits and dashes`)]),
      ...(isPort(port) ? [] : [fault(`port ${name} is ${port}, must be an integer from 1 to ${HIGHEST_PORT}`)]),
      ...(twin === undefined
        ? []
        : [fault(`port ${name} (${port}) has the name or number of port ${twin.name} (${twin.port}): change it`)]),
    ];
  });
}
