/** Pods, their containers, volumes and claims, as the API server stores them. */
import type { Data, StoredType } from './stored-type.ts';

export const QUANTITIES: StoredType = { map: 'quantities' };
const QUANTITY: StoredType = { quantity: true };
const RESOURCES: StoredType = { emptyIsAbsent: true, fields: { limits: QUANTITIES, requests: QUANTITIES } };
const FIELD_REF: StoredType = { defaults: { apiVersion: 'v1' } };
const RESOURCE_FIELD_REF: StoredType = { defaults: { divisor: '0' }, fields: { divisor: QUANTITY } };
const HTTP_GET: StoredType = { defaults: { path: '/', scheme: 'HTTP' } };
const HANDLER: StoredType = { fields: { httpGet: HTTP_GET } };
const PROBE: StoredType = {
  defaults: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  fields: { httpGet: HTTP_GET, grpc: { defaults: { service: '' }, pointers: ['service'] } },
};
const LABEL_SELECTOR: StoredType = { fields: { matchLabels: { map: 'texts' } } };

/** A container of any sort. */
export const CONTAINER: StoredType = {
  fill: (container) => ({
    ...container,
    imagePullPolicy: container['imagePullPolicy'] || pullPolicyOf(container['image']),
  }),
  defaults: { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
  fields: {
    ports: { defaults: { protocol: 'TCP' } },
    env: {
      fields: { valueFrom: { fields: { fieldRef: FIELD_REF, resourceFieldRef: RESOURCE_FIELD_REF } } },
    },
    resources: RESOURCES,
    livenessProbe: PROBE,
    readinessProbe: PROBE,
    startupProbe: PROBE,
    lifecycle: { fields: { postStart: HANDLER, preStop: HANDLER } },
  },
};

/** `Always` for the tag `latest`, stated or not; an image by its digest cannot change. */
export function pullPolicyOf(image: unknown): string {
  const text = typeof image === 'string' ? image : '';
  const name = text.split('/').at(-1) ?? '';
  const [, tag] = /:([\w.-]+)(?:@|$)/.exec(name) ?? [];
  return tag === 'latest' || (tag === undefined && !name.includes('@')) ? 'Always' : 'IfNotPresent';
}

/** The spec of a claim. */
export const CLAIM_SPEC: StoredType = {
  defaults: { volumeMode: 'Filesystem' },
  pointers: ['storageClassName', 'volumeAttributesClassName'],
  fill: withDataSource,
  fields: { resources: RESOURCES, selector: LABEL_SELECTOR },
};

/** The server keeps `dataSource` and `dataSourceRef` alike. */
function withDataSource(spec: Data): Data {
  const source = spec['dataSource'] ?? spec['dataSourceRef'];
  return source === undefined || source === null ? spec : { ...spec, dataSource: source, dataSourceRef: source };
}

const MODE_420: StoredType['defaults'] = { defaultMode: 0o644 };
/** Sources that a volume of a pod and a PersistentVolume have alike. */
export const VOLUME_SOURCES: Readonly<Record<string, StoredType>> = {
  awsElasticBlockStore: { plain: ['partition'] },
  azureDisk: {
    defaults: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
    pointers: ['readOnly'],
  },
  gcePersistentDisk: { plain: ['partition'] },
  hostPath: { defaults: { type: '' }, pointers: ['type'] },
  iscsi: { defaults: { iscsiInterface: 'default' } },
  rbd: { defaults: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } },
  scaleIO: { defaults: { storageMode: 'ThinProvisioned', fsType: 'xfs' } },
};
const DOWNWARD_ITEMS: StoredType = { fields: { fieldRef: FIELD_REF, resourceFieldRef: RESOURCE_FIELD_REF } };
const VOLUME: StoredType = {
  // a volume without a source is an empty folder
  fill: (volume) => (Object.keys(volume).some((key) => key !== 'name') ? volume : { ...volume, emptyDir: {} }),
  fields: {
    image: { fill: (image) => ({ ...image, pullPolicy: image['pullPolicy'] || pullPolicyOf(image['reference']) }) },
    emptyDir: { fields: { sizeLimit: QUANTITY } },
    ...VOLUME_SOURCES,
    secret: { defaults: MODE_420 },
    configMap: { defaults: MODE_420 },
    downwardAPI: { defaults: MODE_420, fields: { items: DOWNWARD_ITEMS } },
    projected: {
      defaults: MODE_420,
      fields: {
        sources: {
          fields: {
            serviceAccountToken: { defaults: { expirationSeconds: 3600 } },
            downwardAPI: { fields: { items: DOWNWARD_ITEMS } },
          },
        },
      },
    },
    ephemeral: { fields: { volumeClaimTemplate: { fields: { spec: CLAIM_SPEC } } } },
  },
};

const CONSTRAINT: StoredType = { fields: { labelSelector: LABEL_SELECTOR } };

/** The spec of a pod in a template. */
export const POD_SPEC: StoredType = {
  defaults: {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
  },
  pointers: ['terminationGracePeriodSeconds'],
  // the older name of the field is kept beside the newer
  respell: ({ serviceAccount, ...spec }) =>
    serviceAccount === undefined ? spec : { ...spec, serviceAccountName: spec['serviceAccountName'] || serviceAccount },
  fields: {
    containers: CONTAINER,
    initContainers: CONTAINER,
    ephemeralContainers: CONTAINER,
    volumes: VOLUME,
    overhead: QUANTITIES,
    resources: { ...RESOURCES, emptyIsAbsent: false, emptyIsPresent: true },
    topologySpreadConstraints: CONSTRAINT,
  },
};

/** A pod template. */
export const POD_TEMPLATE: StoredType = { fields: { metadata: { emptyIsAbsent: true }, spec: POD_SPEC } };

/** The spec of a Pod itself, which has defaults that a template has not. */
export const POD_ITSELF: StoredType = {
  ...POD_SPEC,
  defaults: {
    ...POD_SPEC.defaults,
    enableServiceLinks: true,
    serviceAccountName: 'default',
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
  },
  respell: (spec) => withoutAdmitted(POD_SPEC.respell?.(spec) ?? spec),
  fill: podSpec,
  fields: {
    ...POD_SPEC.fields,
    containers: { ...CONTAINER, respell: withoutToken, fill: podContainer },
    initContainers: { ...CONTAINER, respell: withoutToken, fill: podContainer },
  },
};

/** Requests of the pod as a whole from its limits, and the ports of the node that it uses as its own. */
function podSpec(spec: Data): Data {
  const resources = spec['resources'] as Data | undefined;
  const limits = (resources?.['limits'] ?? {}) as Data;
  const requests = { ...limits, ...((resources?.['requests'] ?? {}) as Data) };
  const onHost = (containers: unknown): readonly Data[] =>
    listOf(containers).map((container) => ({
      ...container,
      ports: listOf(container['ports']).map((port) => ({
        ...port,
        hostPort: port['hostPort'] || port['containerPort'],
      })),
    }));
  return {
    ...spec,
    ...(resources === undefined ? {} : { resources: { ...resources, requests } }),
    ...(spec['hostNetwork'] === true
      ? { containers: onHost(spec['containers']), initContainers: onHost(spec['initContainers']) }
      : {}),
  };
}

/** Without the token that admission mounts. */
function withoutToken(container: Data): Data {
  return { ...container, volumeMounts: listOf(container['volumeMounts']).filter((mount) => !isToken(mount)) };
}

/** What a Pod's limits say of its requests. */
function podContainer(container: Data): Data {
  const resources = container['resources'] as Data | undefined;
  const limits = (resources?.['limits'] ?? {}) as Data;
  const requests = { ...limits, ...((resources?.['requests'] ?? {}) as Data) };
  return {
    ...container,
    imagePullPolicy: container['imagePullPolicy'] || pullPolicyOf(container['image']),
    resources: { ...resources, limits, requests },
  };
}

/** Without the token and the tolerations that admission adds to each Pod, and the node that the scheduler chose. */
function withoutAdmitted({ nodeName: _, ...spec }: Data): Data {
  return {
    ...spec,
    volumes: listOf(spec['volumes']).filter((volume) => !isToken(volume)),
    tolerations: listOf(spec['tolerations']).filter((toleration) => !isNodeToleration(toleration)),
  };
}

function isToken(entry: Data): boolean {
  return typeof entry['name'] === 'string' && /^kube-api-access-\w{5}$/.test(entry['name']);
}

function isNodeToleration({ key, tolerationSeconds }: Data): boolean {
  return (
    (key === 'node.kubernetes.io/not-ready' || key === 'node.kubernetes.io/unreachable') && tolerationSeconds === 300
  );
}

function listOf(value: unknown): readonly Data[] {
  return Array.isArray(value) ? (value as readonly Data[]).filter((it) => typeof it === 'object') : [];
}
