import { describe, expect, it } from 'vitest';
import type { NatsMicroserviceProps } from '#constructs';
import { orders } from '#test-support/orders-service';
import { faultsOf } from '#test-support/store-chart';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const LIMITS = { cpu: '1', memory: '1Gi' };
const prometheus = { podLabels: { app: 'prometheus' } };
const agent = { podLabels: { app: 'agent' }, namespaceLabels: { team: 'observability' } };

describe('the pod of a NatsMicroservice', () => {
  it('runs where the pod group says', () => {
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
        },
      },
    } as const;
    const { pod } = orders({
      pod: {
        nodeSelector: { 'kubernetes.io/arch': 'arm64' },
        tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }],
        affinity,
        priorityClassName: 'high',
        runtimeClassName: 'gvisor',
      },
    });
    expect(pod.at('nodeSelector').value).toEqual({ 'kubernetes.io/arch': 'arm64' });
    expect(pod.at('tolerations').value).toEqual([{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }]);
    expect(pod.at('affinity').value).toEqual(affinity);
    expect(pod.at('priorityClassName').value).toBe('high');
    expect(pod.at('runtimeClassName').value).toBe('gvisor');
  });

  it('is spread over zones besides nodes', () => {
    const topologySpread = [{ topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' }] as const;
    const spread = orders({ replicas: 3, pod: { topologySpread } }).pod.at('topologySpreadConstraints');
    const labelSelector = { matchLabels: { app: 'orders' } };
    expect(spread.value).toEqual([
      { topologyKey: HOST, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
      { topologyKey: ZONE, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector },
    ]);
  });

  it('is spread over nodes in its own way when that is said', () => {
    const topologySpread = [{ topologyKey: HOST, whenUnsatisfiable: 'DoNotSchedule' }] as const;
    const spread = orders({ replicas: 2, pod: { topologySpread } }).pod.at('topologySpreadConstraints');
    expect(spread.items.map((it) => it.at('whenUnsatisfiable').text)).toEqual(['DoNotSchedule']);
  });

  it('has its own labels and annotations, and keeps its selector', () => {
    const { deployment } = orders({
      pod: { labels: { 'sidecar.istio.io/inject': 'true' }, annotations: { 'linkerd.io/inject': 'enabled' } },
    });
    expect(deployment.at('template', 'metadata').value).toEqual({
      labels: { app: 'orders', 'sidecar.istio.io/inject': 'true' },
      annotations: { 'linkerd.io/inject': 'enabled' },
    });
    expect(deployment.at('selector', 'matchLabels').value).toEqual({ app: 'orders' });
  });

  it('has hooks; one before SIGTERM replaces the pause', () => {
    const lifecycle = { postStart: { exec: ['/bin/warm'] }, preStop: { httpGet: { path: '/drain' } } };
    expect(orders({ pod: { lifecycle } }).container.at('lifecycle').value).toEqual({
      postStart: { exec: { command: ['/bin/warm'] } },
      preStop: { httpGet: { path: '/drain', port: 'http' } },
    });
    const { container } = orders({ pod: { lifecycle: { postStart: lifecycle.postStart } } });
    expect(container.at('lifecycle', 'preStop').value).toEqual({ sleep: { seconds: 5 } });
  });

  it('is probed on other paths and at other times', () => {
    const { container } = orders({
      ports: [{ name: 'health', port: 9000 }],
      probes: {
        startup: { periodSeconds: 5 },
        readiness: { path: '/ready', port: 'health', periodSeconds: 3 },
        liveness: { exec: ['/bin/alive'] },
      },
    });
    expect(container.at('startupProbe', 'failureThreshold').value).toBe(90 / 5);
    expect(container.at('readinessProbe').value).toEqual({
      httpGet: { path: '/ready', port: 'health' },
      periodSeconds: 3,
      timeoutSeconds: 3,
      failureThreshold: 2,
    });
    expect(container.at('livenessProbe', 'exec', 'command').value).toEqual(['/bin/alive']);
    expect(container.at('livenessProbe', 'httpGet').exists).toBe(false);
  });

  it('has volumes of CSI drivers and projected ones', () => {
    const { pod, container } = orders({
      volumes: [
        {
          name: 'vault',
          mountPath: '/vault',
          csi: { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'orders' } },
        },
        {
          name: 'identity',
          mountPath: '/var/run/identity',
          projected: [
            { serviceAccountToken: { audience: 'sts.example', path: 'token' } },
            { secret: 'orders-ca', keys: ['ca.crt'] },
            { downwardApi: { labels: 'metadata.labels' } },
          ],
        },
      ],
    });
    expect(pod.at('volumes', 1, 'csi').value).toEqual({
      driver: 'secrets-store.csi.k8s.io',
      readOnly: true,
      volumeAttributes: { secretProviderClass: 'orders' },
    });
    expect(pod.at('volumes', 2, 'projected', 'sources').value).toEqual([
      { serviceAccountToken: { audience: 'sts.example', path: 'token' } },
      { secret: { name: 'orders-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    ]);
    expect(container.at('volumeMounts', 2).value).toEqual({
      name: 'identity',
      mountPath: '/var/run/identity',
      readOnly: true,
    });
  });

  it('asks for other resources than CPU and memory', () => {
    const limits = { cpu: '2', memory: '4Gi', 'ephemeral-storage': '8Gi', 'nvidia.com/gpu': '1' };
    const { container } = orders({ resources: { limits } });
    expect(container.at('resources', 'limits').value).toEqual(limits);
  });

  it('has a native sidecar, which starts before it', () => {
    const { pod } = orders({ initContainers: [{ name: 'proxy', image: 'a/proxy:1.2.3', restartPolicy: 'Always' }] });
    expect(pod.at('initContainers', 0, 'restartPolicy').text).toBe('Always');
  });
});

describe('the objects of a NatsMicroservice', () => {
  it('all have the labels and annotations that are given, and the pods do not', () => {
    const look = orders({
      replicas: 2,
      labels: { team: 'shop' },
      annotations: { 'argocd.argoproj.io/sync-wave': '2' },
      serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/orders' },
    });
    for (const kind of ['ServiceAccount', 'Deployment', 'Service', 'NetworkPolicy', 'PodDisruptionBudget']) {
      const metadata = look.object(`${kind}/orders`).at('metadata');
      expect(metadata.at('labels').value, kind).toMatchObject({ app: 'orders', team: 'shop' });
      expect(metadata.at('annotations').value, kind).toEqual({
        'argocd.argoproj.io/sync-wave': '2',
        ...(kind === 'ServiceAccount' ? { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/orders' } : {}),
      });
    }
    expect(look.deployment.at('template', 'metadata').value).toEqual({ labels: { app: 'orders' } });
  });

  it('use an existing ServiceAccount', () => {
    const look = orders({ existingServiceAccount: { name: 'shared' } });
    expect(look.pod.at('serviceAccountName').text).toBe('shared');
    expect(() => look.object('ServiceAccount/orders')).toThrow('no ServiceAccount/orders');
  });

  it('let callers reach further ports, of sidecars too, and keep one without callers inside the pod', () => {
    const { container, pod, object, policy } = orders({
      scraper: [prometheus, agent],
      ports: [
        { name: 'metrics', port: 9090, callers: [prometheus] },
        { name: 'admin', port: 9900 },
      ],
      extraContainers: [
        {
          name: 'side',
          image: 'a/side:1.2.3',
          ports: [{ name: 'grpc', port: 9000, appProtocol: 'kubernetes.io/h2c', callers: [{ cidrs: ['10.0.0.0/8'] }] }],
        },
      ],
      ingress: [{ port: 4143, from: [agent] }],
    });
    expect(container.at('ports').items.map((port) => port.at('containerPort').number)).toEqual([8000, 9090, 9900]);
    expect(pod.along(['containers', 1, 'ports', 0, 'containerPort']).number).toBe(9000);
    expect(object('Service/orders').at('spec', 'ports').value).toEqual([
      { name: 'http', port: 8000, protocol: 'TCP', targetPort: 'http' },
      { name: 'metrics', port: 9090, protocol: 'TCP', targetPort: 'metrics' },
      { name: 'grpc', port: 9000, protocol: 'TCP', targetPort: 'grpc', appProtocol: 'kubernetes.io/h2c' },
    ]);
    const observer = {
      namespaceSelector: { matchLabels: { team: 'observability' } },
      podSelector: { matchLabels: { app: 'agent' } },
    };
    const prom = { podSelector: { matchLabels: { app: 'prometheus' } } };
    const tcp = (port: number) => [{ protocol: 'TCP', port }];
    expect(policy.at('ingress').value).toEqual([
      { from: [prom, observer], ports: tcp(8000) },
      { from: [prom], ports: tcp(9090) },
      { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: tcp(9000) },
      { from: [observer], ports: tcp(4143) },
    ]);
  });
});

describe('the scaling of a NatsMicroservice', () => {
  it('follows other metrics, at its own speed', () => {
    const scaler = orders({
      autoscaling: {
        maxReplicas: 9,
        metrics: [
          { external: 'nats_consumer_num_pending', matchLabels: { durable: 'orders' }, target: { averageValue: '30' } },
          { pods: 'requests_per_second', target: { averageValue: '100' } },
        ],
        behavior: { scaleDown: { stabilizationWindowSeconds: 600, selectPolicy: 'Min' } },
      },
    })
      .object('HorizontalPodAutoscaler/orders')
      .at('spec');
    expect(scaler.at('metrics').value).toEqual([
      {
        type: 'External',
        external: {
          metric: { name: 'nats_consumer_num_pending', selector: { matchLabels: { durable: 'orders' } } },
          target: { type: 'AverageValue', averageValue: '30' },
        },
      },
      {
        type: 'Pods',
        pods: { metric: { name: 'requests_per_second' }, target: { type: 'AverageValue', averageValue: '100' } },
      },
    ]);
    expect(scaler.at('behavior').value).toEqual({
      scaleDown: { stabilizationWindowSeconds: 600, selectPolicy: 'Min' },
    });
  });

  it('can be left to another scaler, such as KEDA', () => {
    const look = orders({ autoscaling: { scaler: 'external', minReplicas: 0, maxReplicas: 20 } });
    expect(look.deployment.at('replicas').exists).toBe(false);
    expect(() => look.object('HorizontalPodAutoscaler/orders')).toThrow('no HorizontalPodAutoscaler/orders');
  });

  it('lets evictions take a share of the pods', () => {
    const budget = (disruptionBudget: NonNullable<NatsMicroserviceProps['disruptionBudget']>): unknown =>
      orders({ replicas: 8, disruptionBudget }).object('PodDisruptionBudget/orders').at('spec').value;
    const selector = { matchLabels: { app: 'orders' } };
    expect(budget({ maxUnavailable: '25%' })).toEqual({ maxUnavailable: '25%', selector });
    expect(budget({ minAvailable: '75%', unhealthyPodEvictionPolicy: 'AlwaysAllow' })).toEqual({
      minAvailable: '75%',
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector,
    });
  });
});

describe('a NatsMicroservice is refused for', () => {
  const sized = (others: Record<`${string}/${string}`, string>) => ({
    resources: { limits: { cpu: '1', memory: '1Gi', ...others }, requests: { cpu: '1', memory: '1Gi' } },
  });
  it.each<[string, Partial<NatsMicroserviceProps>, string]>([
    ['a label app of its own', { labels: { app: 'x' } }, 'labels.app is x, but it is the name of the service'],
    ['a label app of the pods', { pod: { labels: { app: 'x' } } }, 'pod: labels.app is x'],
    ['a probe of no port', { probes: { readiness: { port: 'health' } } }, 'probes.readiness: port is health'],
    ['a probe path without a slash', { probes: { liveness: { path: 'live' } } }, 'path is "live", must start with /'],
    ['a probe that never asks', { probes: { startup: { periodSeconds: 0 } } }, 'periodSeconds is 0'],
    ['a hook on no port', { pod: { lifecycle: { preStop: { httpGet: { path: '/', port: 'x' } } } } }, 'port x'],
    ['an invalid port name', { ports: [{ name: 'Metrics', port: 9090 }] }, 'port name is "Metrics"'],
    [
      'a port twice',
      {
        ports: [
          { name: 'a', port: 9090 },
          { name: 'b', port: 9090 },
        ],
      },
      'number of port a (9090)',
    ],
    ['a budget for one pod', { disruptionBudget: { maxUnavailable: 1 } }, 'set for 1 replicas, but needs at least 2'],
    ['a budget that blocks', { replicas: 2, disruptionBudget: { minAvailable: 2 } }, 'blocks every drain of a node'],
    [
      'a share that blocks',
      { replicas: 3, disruptionBudget: { minAvailable: '70%' } },
      'minAvailable is 70% of 3 replicas',
    ],
    [
      'a share that blocks the fewest pods of an autoscaler',
      { autoscaling: { minReplicas: 2, maxReplicas: 9 }, disruptionBudget: { minAvailable: '51%' } },
      'minAvailable is 51% of 2 replicas, which blocks every drain of a node',
    ],
    [
      'a budget that is no share',
      { replicas: 2, disruptionBudget: { maxUnavailable: '0%' } },
      'maxUnavailable is "0%"',
    ],
    [
      'a budget of both kinds',
      { replicas: 3, disruptionBudget: { maxUnavailable: 1, minAvailable: 1 } },
      'must have one of them',
    ],
    [
      'targets beside another scaler',
      { autoscaling: { scaler: 'external', maxReplicas: 3, cpuPercent: 50 } },
      'scaler is external',
    ],
    [
      'half a GPU',
      sized({ 'nvidia.com/gpu': '0.5' }),
      'resource nvidia.com/gpu has the request none and the limit 0.5',
    ],
    [
      'annotations of a ServiceAccount that is made elsewhere',
      { existingServiceAccount: 'shared', serviceAccountAnnotations: { a: 'b' } },
      'the ServiceAccount shared is made elsewhere',
    ],
    [
      'a toleration that the API server refuses',
      { pod: { tolerations: [{ key: 'spot', effect: 'NoSchedule', tolerationSeconds: 5 }] } },
      'field-value test/orders (Deployment/orders): tolerationSeconds is set and the effect is NoSchedule',
    ],
    [
      'a spread over a place twice',
      { pod: { topologySpread: [{ topologyKey: ZONE }, { topologyKey: ZONE, maxSkew: 2 }] } },
      `two constraints spread over ${ZONE} ScheduleAnyway`,
    ],
    [
      'a node that is compared with nothing',
      {
        pod: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In' }] }],
              },
            },
          },
        },
      },
      'the expression for disk has the operator In and 0 values',
    ],
    ['a label that is too long', { labels: { team: 'x'.repeat(64) } }, 'label-value test/orders'],
    ['a label of the pods with a space', { pod: { labels: { team: 'a b' } } }, 'the label team is "a b"'],
    ['a node label with a space', { pod: { nodeSelector: { disk: 'a b' } } }, 'the label disk is "a b"'],
    ['an annotation without a name', { annotations: { 'a/': 'b' } }, 'label-key test/orders'],
    [
      'a resource that does not exist',
      { resources: { limits: { ...LIMITS, memroy: '1Gi' } } } as never,
      'the resource memroy',
    ],
    [
      'a metric that is no quantity',
      { autoscaling: { maxReplicas: 3, metrics: [{ external: 'lag', target: { averageValue: 'many' } }] } },
      '"many" is not a quantity',
    ],
    [
      'a patch that the API server refuses',
      { patch: [{ op: 'add', path: '/spec/revisionHistoryLimit', value: -1 }] },
      'revisionHistoryLimit is -1, must be 0 or more',
    ],
  ])('%s', (_, props, message) => {
    expect(faultsOf(() => orders(props)).join('\n')).toContain(message);
  });
});
