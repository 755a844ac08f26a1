/** Small objects of each kind, valid as they are. */
import { IMMEDIATE_CLASS } from './fake-volumes.ts';

/** An object as it is written. */
export interface WrittenObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

/** Name of an object that a case gives its own. */
export const SAMPLE_NAME = 'sample';

const labels = { app: 'sample' };
const container = { name: 'main', image: 'registry.example/sample:1' };

/** A pod template; a change of it is a change of `image`. */
export function podTemplate(image = container.image, rest: object = {}): object {
  return { metadata: { labels }, spec: { containers: [{ ...container, image }], ...rest } };
}

/** An object with a name that a case replaces. */
export function sample(apiVersion: string, kind: string, rest: Readonly<Record<string, unknown>>): WrittenObject {
  return { apiVersion, kind, metadata: { name: SAMPLE_NAME }, ...rest };
}

const selector = { matchLabels: labels };
const claim = (storage: string): object => ({
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});

/** Workloads of which no pod is made. */
export const DEPLOYMENT = sample('apps/v1', 'Deployment', { spec: { replicas: 0, selector, template: podTemplate() } });
export const REPLICA_SET = sample('apps/v1', 'ReplicaSet', {
  spec: { replicas: 0, selector, template: podTemplate() },
});
export const DAEMON_SET = sample('apps/v1', 'DaemonSet', {
  spec: { selector, template: podTemplate(undefined, { nodeSelector: { none: 'such' } }) },
});
export const STATEFUL_SET = sample('apps/v1', 'StatefulSet', {
  spec: { replicas: 0, serviceName: 'sample', selector, template: podTemplate(), volumeClaimTemplates: [claim('1Gi')] },
});
/** Templates of claims of another size. */
export const LARGER_CLAIMS = [claim('2Gi')];
export const JOB = sample('batch/v1', 'Job', {
  spec: { suspend: true, template: podTemplate(undefined, { restartPolicy: 'Never' }) },
});
export const CRON_JOB = sample('batch/v1', 'CronJob', {
  spec: {
    schedule: '0 0 1 1 *',
    jobTemplate: { spec: { template: podTemplate(undefined, { restartPolicy: 'Never' }) } },
  },
});
export const CLAIM = sample('v1', 'PersistentVolumeClaim', {
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
});
/** A claim that is bound without a pod. */
export const BOUND_CLAIM = sample('v1', 'PersistentVolumeClaim', {
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '2Gi' } },
    storageClassName: IMMEDIATE_CLASS,
  },
});
/** A pod that waits for a node that never comes. */
export const POD = sample('v1', 'Pod', { spec: { containers: [container], nodeSelector: { none: 'such' } } });
export const VOLUME = sample('v1', 'PersistentVolume', {
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'by-hand',
    hostPath: { path: '/data' },
  },
});
/** Nodes on which a volume lies. */
export function nodesOf(zone: string): object {
  const expression = { key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] };
  return { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } };
}
/** A version of a definition. */
export function definitionVersion(name: string, rest: object = { served: true, storage: true }): object {
  return { name, ...rest, schema: { openAPIV3Schema: { type: 'object' } } };
}
/** A definition, whose name the server wants to be that of its kind. */
export function definition(kind: string): WrittenObject {
  const [singular, plural] = [kind.toLowerCase(), `${kind.toLowerCase()}s`];
  const names = { kind, singular, plural, listKind: `${kind}List` };
  const spec = { group: 'example.org', scope: 'Namespaced', names, versions: [definitionVersion('v1')] };
  const object = sample('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec });
  return { ...object, metadata: { name: `${plural}.example.org` } };
}
export const SERVICE = sample('v1', 'Service', { spec: { selector: labels, ports: [{ port: 80 }] } });
export const CONFIG_MAP = sample('v1', 'ConfigMap', { data: { key: 'value' } });
export const SECRET = sample('v1', 'Secret', { stringData: { key: 'value' } });
const viewer = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const subjects = [{ kind: 'ServiceAccount', name: 'somebody', namespace: 'default' }];
export const ROLE_BINDING = sample('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: viewer, subjects });
export const CLUSTER_ROLE_BINDING = sample('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', {
  roleRef: viewer,
  subjects,
});
export const STORAGE_CLASS = sample('storage.k8s.io/v1', 'StorageClass', {
  provisioner: 'example.org/nobody',
  parameters: { speed: 'slow' },
});
export const INGRESS_CLASS = sample('networking.k8s.io/v1', 'IngressClass', {
  spec: { controller: 'example.org/edge' },
});
export const PRIORITY_CLASS = sample('scheduling.k8s.io/v1', 'PriorityClass', { value: 10 });
export const RUNTIME_CLASS = sample('node.k8s.io/v1', 'RuntimeClass', { handler: 'runc' });
const rule = (path: string): object => ({
  http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
});
export const INGRESS = sample('networking.k8s.io/v1', 'Ingress', {
  spec: { ingressClassName: 'traefik', rules: [rule('/')] },
});
/** Rules of an Ingress with another path. */
export const OTHER_RULES = [rule('/other')];
export const NETWORK_POLICY = sample('networking.k8s.io/v1', 'NetworkPolicy', {
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
});
export const DISRUPTION_BUDGET = sample('policy/v1', 'PodDisruptionBudget', { spec: { maxUnavailable: 1, selector } });
export const AUTOSCALER = sample('autoscaling/v2', 'HorizontalPodAutoscaler', {
  spec: {
    maxReplicas: 2,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nobody' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  },
});
