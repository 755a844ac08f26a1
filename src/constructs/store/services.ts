/** The two Services of a store: the one that clients dial, and the headless one that its StatefulSet is governed by. */
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';

/** A named port of a store's pods; its Service has the same number. */
export interface StorePort {
  readonly name: string;
  readonly port: number;
  /** What is spoken on it, as a service mesh wants to know it. @default 'tcp' */
  readonly appProtocol?: string;
}

/** Name of the headless Service of a store. */
export function headlessName(store: string): string {
  return `${store}-headless`;
}

/** Makes the Service that clients dial. */
export function clientService(
  scope: Construct,
  id: string,
  name: string,
  ports: readonly StorePort[],
): k8s.KubeService {
  return new k8s.KubeService(scope, id, {
    metadata: { name, labels: { app: name } },
    spec: { selector: { app: name }, ports: ports.map(servicePort) },
  });
}

/** Makes the headless Service, which also names pods that are not ready yet: servers of a cluster find each other by it. */
export function headlessService(
  scope: Construct,
  id: string,
  store: string,
  ports: readonly StorePort[],
): k8s.KubeService {
  return new k8s.KubeService(scope, id, {
    metadata: { name: headlessName(store), labels: { app: store } },
    spec: {
      clusterIp: 'None',
      publishNotReadyAddresses: true,
      selector: { app: store },
      ports: ports.map(servicePort),
    },
  });
}

function servicePort(port: StorePort): k8s.ServicePort {
  return {
    name: port.name,
    port: port.port,
    targetPort: k8s.IntOrString.fromString(port.name),
    protocol: 'TCP',
    appProtocol: port.appProtocol ?? 'tcp',
  };
}
