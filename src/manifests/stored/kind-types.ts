/** Every kind of which the API server's defaults are known here, by API group. */
import { CLAIM_SPEC, POD_ITSELF, POD_TEMPLATE, QUANTITIES } from './pod-types.ts';
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
const SELECTOR: StoredType = { fields: { matchLabels: { map: 'texts' } } };

const SERVICE: StoredType = {
  fields: {
    spec: {
      fill: serviceSpec,
      defaults: { type: 'ClusterIP', sessionAffinity: 'None' },
      fields: {
        selector: { map: 'texts' },
        ports: {
          fill: (port) => ({ ...port, targetPort: port['targetPort'] || port['port'] }),
          defaults: { protocol: 'TCP' },
        },
      },
    },
  },
};

function serviceSpec(spec: Data): Data {
  const type = spec['type'] || 'ClusterIP';
  const isOutside = type === 'NodePort' || type === 'LoadBalancer' || listed(spec['externalIPs']);
  const { sessionAffinityConfig, ...rest } = spec;
  const affinity = dataAt(dataAt({ sessionAffinityConfig }, 'sessionAffinityConfig'), 'clientIP')?.['timeoutSeconds'];
  return {
    ...rest,
    ...(isOutside ? { externalTrafficPolicy: spec['externalTrafficPolicy'] || 'Cluster' } : {}),
    ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: spec['internalTrafficPolicy'] || 'Cluster' }),
    ...(type === 'LoadBalancer'
      ? { allocateLoadBalancerNodePorts: spec['allocateLoadBalancerNodePorts'] ?? true }
      : {}),
    ...(spec['sessionAffinity'] === 'ClientIP'
      ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: affinity ?? 10800 } } }
      : {}),
    ...(spec['clusterIP'] === 'None' ? { clusterIPs: ['None'] } : {}),
  };
}

function listed(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

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

const NETWORK_POLICY_PORT: StoredType = { defaults: { protocol: 'TCP' } };
const NETWORK_POLICY: StoredType = {
  fields: {
    spec: {
      fill: (spec) => ({
        ...spec,
        podSelector: spec['podSelector'] ?? {},
        policyTypes: listed(spec['policyTypes'])
          ? spec['policyTypes']
          : ['Ingress', ...(listed(spec['egress']) ? ['Egress'] : [])],
      }),
      fields: {
        podSelector: SELECTOR,
        ingress: { fields: { ports: NETWORK_POLICY_PORT } },
        egress: { fields: { ports: NETWORK_POLICY_PORT } },
      },
    },
  },
};

/** networking.k8s.io/v1 names Service and port of a backend in another way than the betas before it did. */
function ingressBackend(backend: Data): Data {
  const { serviceName: name, servicePort: port, ...rest } = backend;
  if (name === undefined) return backend;
  return { ...rest, service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } };
}

const INGRESS: StoredType = {
  fields: {
    spec: {
      respell: ({ backend, ...spec }) => (backend === undefined ? spec : { ...spec, defaultBackend: backend }),
      pointers: ['ingressClassName'],
      fields: {
        defaultBackend: { respell: ingressBackend },
        rules: {
          fields: {
            http: {
              fields: {
                paths: {
                  defaults: { pathType: 'ImplementationSpecific' },
                  fields: { backend: { respell: ingressBackend } },
                },
              },
            },
          },
        },
      },
    },
  },
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
      fields: { names: { fill: crdNames } },
    },
  },
};

function crdNames(names: Data): Data {
  const kind = String(names['kind'] ?? '');
  return { ...names, listKind: names['listKind'] || `${kind}List`, singular: names['singular'] || kind.toLowerCase() };
}

/** The CRDs of the Gateway API state their defaults in their schemas. */
const ROUTE: StoredType = {
  fields: {
    spec: {
      fields: {
        parentRefs: { defaults: { group: 'gateway.networking.k8s.io', kind: 'Gateway' } },
        rules: {
          fill: (rule) => (listed(rule['matches']) ? rule : { ...rule, matches: [{}] }),
          fields: {
            backendRefs: { defaults: { group: '', kind: 'Service', weight: 1 }, pointers: ['group', 'weight'] },
            matches: { defaults: { path: {} }, fields: { path: { defaults: { type: 'PathPrefix', value: '/' } } } },
          },
        },
      },
    },
  },
};
const GATEWAY: StoredType = {
  fields: {
    spec: {
      fields: {
        listeners: {
          defaults: { allowedRoutes: {} },
          fields: {
            allowedRoutes: { defaults: { namespaces: { from: 'Same' } } },
            tls: {
              defaults: { mode: 'Terminate' },
              fields: { certificateRefs: { defaults: { group: '', kind: 'Secret' }, pointers: ['group'] } },
            },
          },
        },
      },
    },
  },
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
        fields: { capacity: QUANTITIES, hostPath: { defaults: { type: '' }, pointers: ['type'] } },
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
  'scheduling.k8s.io/PriorityClass': { defaults: { preemptionPolicy: 'PreemptLowerPriority' } },
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
