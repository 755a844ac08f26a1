/** The two Services of a store: the one that clients dial, and the headless one that its StatefulSet is governed by. */
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { k8s } from 'cdk8s-plus-27';
import { intOrString, kubeObject } from '../object/kube-objects.ts';

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
export function clientService(scope: Construct, id: string, name: string, ports: readonly StorePort[]): ApiObject {
  return kubeObject('Service', scope, id, {
    metadata: { name, labels: { app: name } },
    spec: { selector: { app: name }, ports: ports.map(servicePort) },
  });
}

/** Makes the headless Service, which also names pods that are not ready yet: servers of a cluster find each other by it. */
export function headlessService(scope: Construct, id: string, store: string, ports: readonly StorePort[]): ApiObject {
  return kubeObject('Service', scope, id, {
    metadata: { name: headlessName(store), labels: { app: store } },
    spec: {
      clusterIP: 'None',
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
    targetPort: intOrString(port.name),
    protocol: 'TCP',
    appProtocol: port.appProtocol ?? 'tcp',
  };
}
