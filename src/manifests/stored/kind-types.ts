/** Every kind of which the API server's defaults are known here, by API group. */
import { ENDPOINT_SLICE, GATEWAY, INGRESS, NETWORK_POLICY, ROUTE, SERVICE } from './network-types.ts';
import { CLAIM_SPEC, POD_ITSELF, POD_TEMPLATE, QUANTITIES, VOLUME_SOURCES } from './pod-types.ts';
import type { Data, StoredType } from './stored-type.ts';
import {
  AUTOSCALER,
  CRON_JOB,
  DAEMON_SET,
  dataAt,
  DEPLOYMENT,
  JOB,
  LIMIT_RANGE,
  REPLICA_SET,
  REPLICATION_CONTROLLER,
  RESOURCE_QUOTA,
  STATEFUL_SET,
} from './workload-types.ts';

const RBAC = 'rbac.authorization.k8s.io';
const QUANTITY: StoredType = { quantity: true };
const SELECTOR: StoredType = { fields: { matchLabels: { map: 'texts' } } };

const SECRET: StoredType = {
  // what is written as text is stored as Base64 among the data
  respell: ({ stringData, ...secret }) => {
    const texts = Object.entries((stringData ?? {}) as Data).map(([key, text]) => [
      key,
      Buffer.from(String(text)).toString('base64'),
    ]);
    return { ...secret, data: { ...(secret['data'] as Data | undefined), ...(Object.fromEntries(texts) as Data) } };
  },
  defaults: { type: 'Opaque' },
};

/** The group of a subject follows from its kind; that of a role is always the same. */
const SUBJECT: StoredType = {
  fill: (subject) =>
    subject['kind'] === 'ServiceAccount' ? subject : { ...subject, apiGroup: subject['apiGroup'] || RBAC },
};
const BINDING: StoredType = { fields: { roleRef: { defaults: { apiGroup: RBAC } }, subjects: SUBJECT } };
const RULE: StoredType = { emptyIsAbsent: true };

const WEBHOOK: StoredType = {
  defaults: {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
  },
  fields: {
    rules: { defaults: { scope: '*' } },
    clientConfig: { fields: { service: { defaults: { port: 443 } } } },
  },
};
const POLICY_MATCH: StoredType = {
  defaults: { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} },
  fields: { resourceRules: { defaults: { scope: '*' } }, excludeResourceRules: { defaults: { scope: '*' } } },
};

const CRD: StoredType = {
  fields: {
    spec: {
      defaults: { conversion: { strategy: 'None' } },
      plain: ['preserveUnknownFields'],
      fields: {
        names: { fill: crdNames },
        versions: { fields: { additionalPrinterColumns: { plain: ['priority'] } } },
      },
    },
  },
};

function crdNames(names: Data): Data {
  const kind = String(names['kind'] ?? '');
  return { ...names, listKind: names['listKind'] || `${kind}List`, singular: names['singular'] || kind.toLowerCase() };
}

const FLOWS = 'flowcontrol.apiserver.k8s.io';
const PRIORITY_LEVEL: StoredType = {
  fields: {
    spec: {
      fields: {
        limited: {
          defaults: { nominalConcurrencyShares: 30, lendablePercent: 0 },
          fields: {
            limitResponse: {
              fields: { queuing: { defaults: { queues: 64, handSize: 8, queueLengthLimit: 50 } } },
            },
          },
        },
        exempt: { defaults: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
      },
    },
  },
};

/** One device, unless a request states another count. */
const DEVICE: StoredType = {
  fill: (request) => {
    const mode = request['allocationMode'] || 'ExactCount';
    return mode === 'ExactCount' ? { ...request, allocationMode: mode, count: request['count'] || 1 } : request;
  },
};
const DEVICE_CLAIM: StoredType = {
  fields: { devices: { fields: { requests: { fields: { exactly: DEVICE, firstAvailable: DEVICE } } } } },
};

/** Types by `group/kind`; the core group is ''. */
export const KIND_TYPES: Readonly<Record<string, StoredType>> = {
  '/ConfigMap': {},
  '/Endpoints': { fields: { subsets: { fields: { ports: { defaults: { protocol: 'TCP' } } } } } },
  '/LimitRange': LIMIT_RANGE,
  '/Namespace': {
    fill: ({ spec: _, ...namespace }) => {
      const metadata = dataAt(namespace, 'metadata') ?? {};
      const labels = { ...dataAt(metadata, 'labels'), 'kubernetes.io/metadata.name': metadata['name'] };
      return { ...namespace, metadata: { ...metadata, labels } };
    },
  },
  '/PersistentVolume': {
    fields: {
      spec: {
        defaults: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
        fields: { ...VOLUME_SOURCES, capacity: QUANTITIES },
      },
    },
  },
  '/PersistentVolumeClaim': { fields: { spec: CLAIM_SPEC } },
  '/Pod': { fields: { spec: POD_ITSELF } },
  '/PodTemplate': { fields: { template: POD_TEMPLATE } },
  '/ReplicationController': REPLICATION_CONTROLLER,
  '/ResourceQuota': RESOURCE_QUOTA,
  '/Secret': SECRET,
  '/Service': SERVICE,
  '/ServiceAccount': {},
  'apps/Deployment': DEPLOYMENT,
  'apps/DaemonSet': DAEMON_SET,
  'apps/ReplicaSet': REPLICA_SET,
  'apps/StatefulSet': STATEFUL_SET,
  'batch/CronJob': CRON_JOB,
  'batch/Job': JOB,
  'autoscaling/HorizontalPodAutoscaler': AUTOSCALER,
  'policy/PodDisruptionBudget': { fields: { spec: { fields: { selector: SELECTOR } } } },
  'networking.k8s.io/Ingress': INGRESS,
  'networking.k8s.io/IngressClass': {
    fields: { spec: { fields: { parameters: { defaults: { scope: 'Cluster' } } } } },
  },
  'networking.k8s.io/NetworkPolicy': NETWORK_POLICY,
  [`${RBAC}/Role`]: { fields: { rules: RULE } },
  [`${RBAC}/ClusterRole`]: { fields: { rules: RULE } },
  [`${RBAC}/RoleBinding`]: BINDING,
  [`${RBAC}/ClusterRoleBinding`]: BINDING,
  'storage.k8s.io/StorageClass': { defaults: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } },
  'storage.k8s.io/CSIDriver': {
    defaults: { spec: {} },
    fields: {
      spec: {
        defaults: {
          attachRequired: true,
          podInfoOnMount: false,
          storageCapacity: false,
          fsGroupPolicy: 'ReadWriteOnceWithFSType',
          volumeLifecycleModes: ['Persistent'],
          requiresRepublish: false,
          seLinuxMount: false,
        },
      },
    },
  },
  'scheduling.k8s.io/PriorityClass': {
    defaults: { preemptionPolicy: 'PreemptLowerPriority' },
    plain: ['globalDefault'],
  },
  'node.k8s.io/RuntimeClass': { fields: { overhead: { fields: { podFixed: QUANTITIES } } } },
  'apiextensions.k8s.io/CustomResourceDefinition': CRD,
  'apiregistration.k8s.io/APIService': { fields: { spec: { fields: { service: { defaults: { port: 443 } } } } } },
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': { fields: { webhooks: WEBHOOK } },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': {
    fields: { webhooks: { ...WEBHOOK, defaults: { ...WEBHOOK.defaults, reinvocationPolicy: 'Never' } } },
  },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': {
    fields: { spec: { defaults: { failurePolicy: 'Fail' }, fields: { matchConstraints: POLICY_MATCH } } },
  },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': {
    fields: { spec: { fields: { matchResources: POLICY_MATCH } } },
  },
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': {
    fields: { spec: { defaults: { failurePolicy: 'Fail' }, fields: { matchConstraints: POLICY_MATCH } } },
  },
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': {
    fields: { spec: { fields: { matchResources: POLICY_MATCH } } },
  },
  'apps/ControllerRevision': {},
  'coordination.k8s.io/Lease': {},
  'discovery.k8s.io/EndpointSlice': ENDPOINT_SLICE,
  [`${FLOWS}/FlowSchema`]: { fields: { spec: { defaults: { matchingPrecedence: 1000 } } } },
  [`${FLOWS}/PriorityLevelConfiguration`]: PRIORITY_LEVEL,
  'resource.k8s.io/DeviceClass': {},
  'resource.k8s.io/ResourceClaim': { fields: { spec: DEVICE_CLAIM } },
  'resource.k8s.io/ResourceClaimTemplate': {
    fields: { spec: { fields: { metadata: { emptyIsAbsent: true }, spec: DEVICE_CLAIM } } },
  },
  'storage.k8s.io/CSIStorageCapacity': { fields: { capacity: QUANTITY, maximumVolumeSize: QUANTITY } },
  'storage.k8s.io/VolumeAttributesClass': {},
  'gateway.networking.k8s.io/Gateway': GATEWAY,
  'gateway.networking.k8s.io/HTTPRoute': ROUTE,
};

/** Groups that a kind had before, with the group that it has now. */
const MOVED: Readonly<Record<string, string>> = {
  'extensions/Deployment': 'apps',
  'extensions/DaemonSet': 'apps',
  'extensions/ReplicaSet': 'apps',
  'extensions/Ingress': 'networking.k8s.io',
  'extensions/NetworkPolicy': 'networking.k8s.io',
  'extensions/PodSecurityPolicy': 'policy',
  'events.k8s.io/Event': '',
};

/** The group under which the server stores a kind, whichever group a manifest names it by. */
export function storedGroup(group: string, kind: string): string {
  return MOVED[`${group}/${kind}`] ?? group;
}
