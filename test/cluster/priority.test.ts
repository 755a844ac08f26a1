/** A node that services fill up to its last CPU: the stores get a place on it all the same. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { KubeApi } from '#test-support/cluster/kube-api';
import { kubectlOutput } from '#test-support/cluster/kubectl';
import { platformManifests, type Manifest } from '#test-support/platform-manifests';
import { k3s } from '#video-platform';

const cluster = inject('cluster');
const NAMESPACE = 'priority';
/** It runs no pod: only the scheduler knows it. */
const NODE = 'small-node';
const ROOM = { cpu: '2', memory: '8Gi', pods: '50', 'ephemeral-storage': '50Gi' };
const ON_NODE = { nodeSelector: { room: NODE }, tolerations: [{ key: 'room', operator: 'Exists' }] };
const { deployed, bootstrap } = platformManifests({ ...k3s, namespace: NAMESPACE });
const priorities = bootstrap.filter(({ kind }) => kind === 'PriorityClass');

beforeAll(async () => {
  const api = new KubeApi(cluster.access);
  await api.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE, labels: { room: NODE } },
  });
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'there is no kubelet' }];
  await api.patch(`/api/v1/nodes/${NODE}/status`, { status: { capacity: ROOM, allocatable: ROOM, conditions } });
  const taints = [{ key: 'room', effect: 'NoSchedule' }];
  await api.patch(`/api/v1/nodes/${NODE}`, { spec: { taints } }, 'application/merge-patch+json');
  api.close();
  await kubectlOutput(cluster, ['create', 'namespace', NAMESPACE]);
  await kubectlOutput(cluster, ['apply', '-f', '-'], { input: { apiVersion: 'v1', kind: 'List', items: priorities } });
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
  for (const { metadata } of priorities) await kubectlOutput(cluster, ['delete', 'priorityclass', metadata.name]);
  await kubectlOutput(cluster, ['delete', 'node', NODE]);
});

it('PostgreSQL is scheduled although pods of services have taken every CPU', async () => {
  await apply(onNode(withoutHooks(workload('Deployment', 'auth')), { replicas: 20, terminationGracePeriodSeconds: 0 }));
  await eventually(async () => expect(await pods('auth', 'spec.nodeName')).toHaveLength(20), 60_000);
  await apply(onNode(workload('StatefulSet', 'postgres'), { replicas: 1, terminationGracePeriodSeconds: 90 }));
  await eventually(async () => expect(await pods('postgres', 'spec.nodeName')).toEqual([NODE]), 60_000);
});

function workload(kind: string, name: string): Manifest {
  const found = deployed.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** The workload on the node; a pod without grace ends at once, though no kubelet ends it. */
function onNode(
  object: Manifest,
  { replicas, ...own }: { readonly replicas: number; readonly terminationGracePeriodSeconds: number },
): object {
  const { template, ...spec } = specOf(object);
  const pod = { ...template.spec, ...ON_NODE, ...own, serviceAccountName: 'default' };
  return { ...object, spec: { ...spec, replicas, template: { ...template, spec: pod } } };
}

/** A pod without grace has no time for hooks. */
function withoutHooks(object: Manifest): Manifest {
  const { template, ...spec } = specOf(object);
  const containers = template.spec.containers.map((container) => ({ ...container, lifecycle: undefined }));
  return { ...object, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } };
}

function specOf(object: Manifest): {
  readonly template: { readonly spec: { readonly containers: readonly object[] } };
} {
  return object['spec'] as ReturnType<typeof specOf>;
}

async function apply(object: object): Promise<void> {
  await kubectlOutput(cluster, ['apply', '-f', '-'], { input: object });
}

/** What a field of each scheduled pod of an app is. */
async function pods(app: string, field: string): Promise<readonly string[]> {
  const select = [
    'get',
    'pods',
    '-n',
    NAMESPACE,
    '-l',
    `app=${app}`,
    '-o',
    `jsonpath={range .items[*]}{.${field}} {end}`,
  ];
  return (await kubectlOutput(cluster, select)).split(' ').filter((text) => text !== '');
}
