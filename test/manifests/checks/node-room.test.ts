import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ha, k3s } from '#video-platform';
import { platformManifests } from '#test-support/platform-manifests';
import type { NodeRoom } from '../../../src/manifests/checks/check.ts';
import { manifestFaults } from '../../../src/manifests/checks/manifest-faults.ts';

/** Messages of the rule for objects in YAML. */
function roomFaults(yaml: string, nodes: NodeRoom): readonly string[] {
  return messages(
    parseAllDocuments(yaml).map((it) => it.toJS() as unknown),
    nodes,
  );
}

function messages(manifests: readonly unknown[], nodes: NodeRoom): readonly string[] {
  const placed = manifests.map((manifest) => ({ path: '', manifest }));
  return manifestFaults(placed, { nodes })
    .filter(({ rule }) => rule === 'node-room')
    .map(({ place, message }) => `${place}: ${message}`);
}

const workload = (kind: string, name: string, spec: string, requests = 'cpu: 500m', pod = ''): string =>
  `---\n{apiVersion: apps/v1, kind: ${kind}, metadata: {name: ${name}}, spec: {${spec} selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {${pod} containers: [{name: main, image: 'a:1', resources: {requests: {${requests}}}}]}}}}\n`;

describe('room on the nodes', () => {
  it('counts the pods of an update at once with those that run', () => {
    const two = workload('Deployment', 'shop', 'replicas: 2, strategy: {rollingUpdate: {maxSurge: 1}},');
    expect(roomFaults(two, { cpu: '1500m', memory: '1Gi' })).toEqual([]);
    expect(roomFaults(two, { cpu: '1400m', memory: '1Gi' })).toEqual([
      'Deployment/shop: all 3 pods, 1 of them only during an update, request 1500m of cpu, but 1 node has 1400m, so some stay Pending: lower replicas or requests, or raise nodes.cpu or nodes.count; Deployment/shop requests most, 1500m',
    ]);
    expect(roomFaults(two, { count: 2, cpu: '750m', memory: '1Gi' })).toEqual([]);
  });

  it.each([
    ['a share of the replicas, rounded up', 'Deployment', 'replicas: 5,', 7],
    ['all at once', 'Deployment', "replicas: 2, strategy: {rollingUpdate: {maxSurge: '100%'}},", 4],
    ['none where pods are replaced', 'Deployment', 'replicas: 2, strategy: {type: Recreate},', 2],
    ['none of a StatefulSet', 'StatefulSet', 'replicas: 2,', 2],
  ])('knows how many pods an update adds: %s', (_, kind, spec, pods) => {
    const yaml = workload(kind, 'shop', spec);
    expect(roomFaults(yaml, { cpu: `${pods * 500}m`, memory: '1Gi' })).toEqual([]);
    expect(roomFaults(yaml, { cpu: `${pods * 500 - 1}m`, memory: '1Gi' })).toHaveLength(1);
  });

  it('leaves DaemonSets aside, and takes the least replicas of an autoscaler', () => {
    const agent = workload('DaemonSet', 'agent', '', 'cpu: 4');
    const scaled = workload('Deployment', 'shop', 'strategy: {type: Recreate},');
    const target = '{apiVersion: apps/v1, kind: Deployment, name: shop}';
    const autoscaler = `---\n{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: shop}, spec: {minReplicas: 3, maxReplicas: 9, scaleTargetRef: ${target}}}\n`;
    expect(roomFaults(agent + scaled + autoscaler, { cpu: '1500m', memory: '1Gi' })).toEqual([]);
    expect(roomFaults(agent + scaled + autoscaler, { cpu: '1499m', memory: '1Gi' })).toHaveLength(1);
  });

  it('reserves for a pod its containers together, or its largest step before them', () => {
    const step = "initContainers: [{name: step, image: 'a:1', resources: {limits: {memory: 2Gi}}}],";
    const pod = workload('StatefulSet', 'store', '', 'memory: 1Gi', step);
    expect(roomFaults(pod, { cpu: '1', memory: '2Gi' })).toEqual([]);
    expect(roomFaults(pod, { count: 3, cpu: '1', memory: '1Gi' })).toEqual([
      'StatefulSet/store: a pod requests 2Gi of memory, but a node has 1Gi, so it is never scheduled: lower the request, or raise nodes.memory',
    ]);
  });

  it('is for the platform on two CPUs: one replica of each fits, two do not while they are updated', () => {
    const nodes = { cpu: '2', memory: '4Gi' };
    expect(messages(platformManifests(k3s).deployed, nodes)).toEqual([]);
    const [fault, ...others] = messages(platformManifests({ ...k3s, replicas: 2 }).deployed, nodes);
    expect(fault).toMatch(/^Deployment\/.* request 2\d{3}m of cpu, but 1 node has 2, so some stay Pending/);
    expect(others).toEqual([]);
    expect(messages(platformManifests(ha).deployed, { ...nodes, count: 3 })).toEqual([]);
  });
});
