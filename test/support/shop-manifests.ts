import { parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { manifestFaults } from '../../src/manifests/checks/manifest-faults.ts';
import type { CheckOptions, ManifestFault } from '../../src/manifests/checks/check.ts';

const SECURITY = `{ allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }, readOnlyRootFilesystem: true }`;
const POD_SECURITY = `{ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: RuntimeDefault } }`;

/** A small shop without any fault: a cart behind an Ingress, its settings, its disk, and a NATS server that it dials. */
const SHOP = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop, labels: { app: cart } }
spec:
  replicas: 2
  progressDeadlineSeconds: 120
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec:
      serviceAccountName: cart
      terminationGracePeriodSeconds: 40
      securityContext: ${POD_SECURITY}
      containers:
        - name: cart
          image: registry.example/cart:1.0.0
          ports: [{ name: http, containerPort: 8000 }]
          env:
            - { name: NATS_HOST, value: nats.shop.svc.cluster.local }
            - { name: NATS_URL, value: 'nats://$(NATS_HOST):4222' }
            - { name: NATS_PASSWORD, valueFrom: { secretKeyRef: { name: shop-secrets, key: cart-nats-password } } }
            - { name: CURRENCY, valueFrom: { configMapKeyRef: { name: settings, key: currency } } }
          readinessProbe: { httpGet: { path: /readyz, port: http } }
          lifecycle: { preStop: { exec: { command: [sleep, '5'] } } }
          securityContext: ${SECURITY}
          volumeMounts: [{ name: tmp, mountPath: /tmp }]
      volumes: [{ name: tmp, emptyDir: { sizeLimit: 16Mi } }]
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 8000, targetPort: http }] }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: cart, namespace: shop }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { currency: EUR }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: cart, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: cart } } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: edge, namespace: shop }
spec:
  ingressClassName: traefik
  rules:
    - http:
        paths: [{ path: /, pathType: Prefix, backend: { service: { name: cart, port: { number: 8000 } } } }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cart, namespace: shop }
spec:
  podSelector: { matchLabels: { app: cart } }
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }]
      ports: [{ port: 8000 }]
  egress:
    - to: [{ podSelector: { matchLabels: { app: nats } } }]
      ports: [{ port: 4222 }]
    - to: [{ namespaceSelector: {}, podSelector: { matchLabels: { k8s-app: kube-dns } } }]
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: nats, namespace: shop }
spec:
  replicas: 1
  serviceName: nats-headless
  selector: { matchLabels: { app: nats } }
  template:
    metadata: { labels: { app: nats } }
    spec:
      securityContext: ${POD_SECURITY}
      containers:
        - name: nats
          image: nats:2.12.1-alpine
          ports: [{ name: client, containerPort: 4222 }, { name: monitor, containerPort: 8222 }]
          startupProbe: { httpGet: { path: /healthz, port: monitor } }
          livenessProbe: { httpGet: { path: /healthz, port: 8222 } }
          securityContext: ${SECURITY}
          volumeMounts: [{ name: data, mountPath: /data }, { name: config, mountPath: /etc/nats }]
      volumes: [{ name: config, configMap: { name: nats-config } }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: nats-config, namespace: shop }
data: { nats.conf: 'jetstream { store_dir: "/data/jetstream" }' }
---
apiVersion: v1
kind: Service
metadata: { name: nats, namespace: shop }
spec: { selector: { app: nats }, ports: [{ name: client, port: 4222, targetPort: client }] }
---
apiVersion: v1
kind: Service
metadata: { name: nats-headless, namespace: shop }
spec: { clusterIP: None, selector: { app: nats }, ports: [{ name: client, port: 4222 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: nats, namespace: shop }
spec:
  podSelector: { matchLabels: { app: nats } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: cart } } }]
      ports: [{ port: client }]
`;

/** The shop's objects, to be spoilt. */
export interface Shop {
  /** Puts a value at a path of the object `Kind/name`; undefined takes what is there away. */
  set(kindAndName: string, path: readonly (string | number)[], value: unknown): Shop;
  /** Adds an object in the shop's namespace, written as YAML. */
  add(yaml: string): Shop;
  /** Takes an object away. */
  remove(kindAndName: string): Shop;
}

/** Spoils the shop and gives its faults as `path: message [rule]`. */
export function shopFaults(spoil: (shop: Shop) => unknown, options: CheckOptions = {}): readonly string[] {
  return shopManifestFaults(spoil, options).map((fault) => `${fault.place}: ${fault.message} [${fault.rule}]`);
}

/** As {@link shopFaults}, with the place of each fault. */
export function shopManifestFaults(
  spoil: (shop: Shop) => unknown,
  options: CheckOptions = {},
): readonly ManifestFault[] {
  let documents: Document[] = parseAllDocuments(SHOP);
  const named = (kindAndName: string) => (document: Document) =>
    `${document.get('kind') as string}/${document.getIn(['metadata', 'name']) as string}` === kindAndName;
  const shop: Shop = {
    set(kindAndName, path, value) {
      const document = documents.find(named(kindAndName));
      if (document === undefined) throw new Error(`the shop has no ${kindAndName}`);
      if (value === undefined) document.deleteIn(path);
      else document.setIn(path, document.createNode(value));
      return shop;
    },
    add(yaml) {
      const added: Document[] = parseAllDocuments(yaml);
      added.forEach((document) => {
        if (document.getIn(['metadata', 'namespace']) === undefined) document.setIn(['metadata', 'namespace'], 'shop');
      });
      documents = [...documents, ...added];
      return shop;
    },
    remove(kindAndName) {
      documents = documents.filter((document) => !named(kindAndName)(document));
      return shop;
    },
  };
  spoil(shop);
  const manifests = documents.map((document) => ({ path: 'shop.yaml', manifest: document.toJS() as unknown }));
  return manifestFaults(manifests, options);
}
