/** What people say in a pod, in the ways in which they say it. */
import type { Choice } from './shape.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const HTTP = { httpGet: { path: '/', port: 8080 } };

/** Choices of a container at a path. */
function containerChoices(at: string): readonly Choice[] {
  const field = (name: string, ...values: readonly unknown[]): Choice => [
    {},
    ...values.map((value) => ({ [`${at}.${name}`]: value })),
  ];
  return [
    field(
      'image',
      'nginx',
      'nginx:latest',
      'library/nginx:1.27',
      'registry.example:5000/team/app',
      'registry.example:5000/team/app:v1.2.3',
      `registry.example/app@${DIGEST}`,
      `nginx:latest@${DIGEST}`,
      `nginx:1.27@${DIGEST}`,
    ),
    field('imagePullPolicy', 'Always', 'IfNotPresent', 'Never'),
    field('command', [], ['sh', '-c', 'exec app'], ['sh', '-ec', 'exec app']),
    field('args', [], ['--port=8080'], ['--port', '8080', '--v=2'], null),
    field('workingDir', '', '/srv'),
    field(
      'ports',
      [],
      [{ containerPort: 80 }],
      [{ containerPort: 80, protocol: 'TCP' }],
      [{ name: 'http', containerPort: 80, hostPort: 0 }],
      [
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
        { name: 'dns-tcp', containerPort: 53 },
      ],
      [
        { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
      ],
    ),
    field(
      'env',
      [],
      [{ name: 'A' }],
      [{ name: 'A', value: '' }],
      [
        { name: 'A', value: '1' },
        { name: 'B', value: '$(A)' },
      ],
      [
        { name: 'B', value: '$(A)' },
        { name: 'A', value: '1' },
      ],
      [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
      [{ name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
      [{ name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
      [{ name: 'CPU', valueFrom: { resourceFieldRef: { containerName: 'main', resource: 'limits.cpu', divisor: 0 } } }],
      [{ name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } }],
      [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'one' } } }],
      [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'one', optional: false } } }],
      [{ name: 'KEY', valueFrom: { configMapKeyRef: { name: 'keys', key: 'one', optional: true } } }],
    ),
    field(
      'envFrom',
      [],
      [{ configMapRef: { name: 'all' } }],
      [{ prefix: '', configMapRef: { name: 'all' } }],
      [{ prefix: 'P_', secretRef: { name: 'all', optional: true } }],
    ),
    field(
      'resources',
      {},
      { limits: {} },
      { limits: null, requests: { cpu: '100m' } },
      { limits: { cpu: '0.5', memory: '1Gi' } },
      { limits: { cpu: '500m', memory: '1024Mi' } },
      { limits: { cpu: 0.5, memory: 1073741824 } },
      { limits: { cpu: 1, memory: '1e9' }, requests: { cpu: '0.0005', memory: '0.5Gi' } },
      { limits: { cpu: '1000m', memory: '1G' }, requests: { cpu: '1m', memory: '512Mi' } },
      { limits: { cpu: '2', memory: '1.5Gi', 'ephemeral-storage': '10Gi' }, requests: { cpu: '250m' } },
      { limits: { 'nvidia.com/gpu': 1 } },
    ),
    field(
      'livenessProbe',
      { httpGet: { port: 8080 } },
      HTTP,
      { httpGet: { path: '/', port: 8080, scheme: 'HTTP' }, initialDelaySeconds: 0 },
      { ...HTTP, periodSeconds: 10, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 },
      { ...HTTP, timeoutSeconds: 5, terminationGracePeriodSeconds: 10 },
      { httpGet: { path: '/', port: 'http', host: '', httpHeaders: [] } },
      { tcpSocket: { port: 8080 }, initialDelaySeconds: 15 },
      { exec: { command: ['pg_isready'] } },
      { grpc: { port: 9090 } },
      { grpc: { port: 9090, service: '' } },
    ),
    field('readinessProbe', HTTP, { httpGet: { path: '/ready', port: 8080 }, failureThreshold: 30 }),
    field('startupProbe', { tcpSocket: { port: 'http' }, failureThreshold: 30, periodSeconds: 10 }),
    field(
      'lifecycle',
      {},
      { preStop: { exec: { command: ['sleep', '5'] } } },
      { preStop: { httpGet: { port: 8080 } } },
      { postStart: { httpGet: { port: 8080, path: '/', scheme: 'HTTP' } } },
      { preStop: { sleep: { seconds: 5 } } },
    ),
    field(
      'securityContext',
      {},
      { privileged: false },
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      { capabilities: {} },
      { capabilities: { add: [], drop: ['ALL'] } },
      { runAsNonRoot: true, runAsUser: 0x3e8, seccompProfile: { type: 'RuntimeDefault' } },
      { seLinuxOptions: {} },
    ),
    field('terminationMessagePath', '', '/dev/termination-log', '/tmp/why'),
    field('terminationMessagePolicy', 'File', 'FallbackToLogsOnError'),
    field('stdin', false, true),
    field('tty', false, true),
  ];
}

const main = { name: 'main', image: 'registry.example/main:1' };
const mounted = (source: object, mount: object = {}): readonly [object[], object[]] => [
  [{ name: 'v', ...source }],
  [{ name: 'v', mountPath: '/v', ...mount }],
];
const VOLUMES: readonly (readonly [object[], object[]])[] = [
  [[], []],
  mounted({}),
  mounted({ emptyDir: null }),
  mounted({ emptyDir: {} }, { readOnly: false }),
  mounted({ emptyDir: { medium: '' } }, { subPath: '' }),
  mounted({ emptyDir: { medium: 'Memory', sizeLimit: '0.5Gi' } }),
  mounted({ emptyDir: { medium: 'Memory', sizeLimit: '512Mi' } }, { readOnly: true }),
  mounted({}),
  mounted({ configMap: { name: 'c' } }),
  mounted({ configMap: { name: 'c', defaultMode: 420 } }, { subPath: 'a.conf' }),
  mounted({ configMap: { name: 'c', defaultMode: 0o555, items: [{ key: 'a', path: 'a', mode: 0o444 }] } }),
  mounted({ configMap: { name: 'c', items: [], optional: false } }),
  mounted({ secret: { secretName: 's' } }),
  mounted({ secret: { secretName: 's', defaultMode: 0o400, optional: true } }),
  mounted({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
  mounted({
    projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] },
  }),
  mounted({ projected: { sources: [{ configMap: { name: 'c' } }, { secret: { name: 's' } }] } }),
  mounted({ downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } }),
  mounted({
    downwardAPI: {
      items: [{ path: 'cpu', resourceFieldRef: { containerName: 'main', resource: 'limits.cpu', divisor: '1' } }],
    },
  }),
  mounted({ hostPath: { path: '/var/log' } }),
  mounted({ hostPath: { path: '/var/log', type: '' } }, { mountPropagation: 'HostToContainer' }),
  mounted({ hostPath: { path: '/var/log', type: 'Directory' } }, { mountPropagation: 'None' }),
  mounted({ persistentVolumeClaim: { claimName: 'data' } }),
  mounted({ persistentVolumeClaim: { claimName: 'data', readOnly: false } }),
  mounted({ nfs: { server: 'nfs.example', path: '/data' } }),
  mounted({ nfs: { server: 'nfs.example', path: '/data', readOnly: false } }),
  mounted({ csi: { driver: 'secrets.example.org', readOnly: true, volumeAttributes: { provider: '' } } }),
  mounted({ csi: { driver: 'secrets.example.org', readOnly: false } }),
  mounted({ iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:a', lun: 0 } }),
  mounted({ rbd: { monitors: ['10.0.0.1'], image: 'i' } }),
  mounted({ cephfs: { monitors: ['10.0.0.1'] } }),
  mounted({ azureDisk: { diskName: 'd', diskURI: 'https://blob.example/d' } }),
  mounted({ awsElasticBlockStore: { volumeID: 'v', partition: 0 } }),
  mounted({ gcePersistentDisk: { pdName: 'd', readOnly: false } }),
  mounted({ glusterfs: { endpoints: 'e', path: 'p' } }),
  mounted({ image: { reference: 'registry.example/data:1' } }),
  mounted({ image: { reference: 'registry.example/data:1', pullPolicy: 'IfNotPresent' } }),
  mounted({
    ephemeral: {
      volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } } },
    },
  }),
];

const term = (topologyKey: string): object => ({ labelSelector: { matchLabels: { app: 'a' } }, topologyKey });
const AFFINITY: readonly unknown[] = [
  {},
  { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('kubernetes.io/hostname')] } },
  {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term('zone') }],
    },
  },
  { nodeAffinity: {} },
  {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
      },
    },
  },
];

/** Choices of a pod that only a template has: in a Pod itself they need other objects. */
function templateChoices(at: string): readonly Choice[] {
  return [
    [
      {},
      { [`${at}.serviceAccountName`]: 'robot' },
      { [`${at}.serviceAccount`]: 'robot' },
      { [`${at}.serviceAccount`]: 'robot', [`${at}.serviceAccountName`]: 'robot' },
      { [`${at}.serviceAccountName`]: '' },
      { [`${at}.serviceAccountName`]: 'default' },
    ],
    [{}, { [`${at}.priorityClassName`]: 'high' }, { [`${at}.priorityClassName`]: '' }],
    [{}, { [`${at}.runtimeClassName`]: 'gvisor' }],
  ];
}

/** Choices of a pod whose spec is at a path. */
export function podChoices(at: string, isTemplate = true): readonly Choice[] {
  const field = (name: string, ...values: readonly unknown[]): Choice => [
    {},
    ...values.map((value) => ({ [`${at}.${name}`]: value })),
  ];
  return [
    ...containerChoices(`${at}.containers.0`),
    VOLUMES.map(([volumes, volumeMounts], index) =>
      index === 0 ? {} : { [`${at}.volumes`]: volumes, [`${at}.containers.0.volumeMounts`]: volumeMounts },
    ),
    field(
      'initContainers',
      [],
      [{ ...main, name: 'first' }],
      [{ ...main, name: 'proxy', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 1 } } }],
      [{ name: 'first', image: 'busybox', resources: { limits: { cpu: '0.1' } } }],
    ),
    field(
      'securityContext',
      {},
      { fsGroup: 1000, runAsUser: 1000 },
      { runAsUser: 0, runAsNonRoot: false },
      { fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch', supplementalGroups: [] },
      { sysctls: [], seccompProfile: { type: 'RuntimeDefault' } },
    ),
    field('terminationGracePeriodSeconds', 30, 0, 60),
    field('automountServiceAccountToken', true, false),
    field('enableServiceLinks', true, false),
    field('dnsPolicy', 'ClusterFirst', 'Default', ''),
    field(
      'dnsConfig',
      {},
      { options: [{ name: 'ndots', value: '1' }] },
      { options: [{ name: 'single-request-reopen' }] },
    ),
    [
      {},
      { [`${at}.hostNetwork`]: false },
      {
        [`${at}.hostNetwork`]: true,
        [`${at}.dnsPolicy`]: 'ClusterFirstWithHostNet',
        [`${at}.containers.0.ports`]: [{ containerPort: 9100 }],
      },
    ],
    [
      {},
      { [`${at}.hostPID`]: false },
      { [`${at}.hostPID`]: true },
      { [`${at}.shareProcessNamespace`]: false },
      { [`${at}.shareProcessNamespace`]: true },
    ],
    field('hostname', '', 'web-0'),
    field('hostAliases', [], [{ ip: '10.0.0.1', hostnames: ['a.example'] }]),
    field('imagePullSecrets', [], [{ name: 'pull' }]),
    field('nodeSelector', {}, { disk: 'ssd' }, { disk: '' }),
    field('affinity', ...AFFINITY),
    field(
      'tolerations',
      [],
      [{ operator: 'Exists' }],
      [{ key: 'gpu', effect: 'NoSchedule' }],
      [{ key: 'gpu', operator: 'Equal', value: '', effect: 'NoSchedule' }],
      [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }],
    ),
    field(
      'topologySpreadConstraints',
      [],
      [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { app: 'a' } },
        },
      ],
    ),
    field('schedulerName', '', 'default-scheduler', 'other'),
    field('setHostnameAsFQDN', true, false),
    field('readinessGates', [], [{ conditionType: 'example.org/ready' }]),
    field('resources', {}, { limits: { cpu: '1', memory: '1Gi' } }, { requests: { cpu: 0.5 } }),
    ...(isTemplate ? templateChoices(at) : []),
  ];
}
