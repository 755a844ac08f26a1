/**
 * Whether the nodes have room for all pods while every Deployment is updated at once, as a deployment of all services does.
 * A pod without room stays Pending, and the scheduler does not know which one matters most.
 */
import type { Cursor } from '../cursor.ts';
import { kindAndName, type ManifestSet, type PodTemplate } from '../manifest-set.ts';
import { amountOf, canonicalQuantity } from '../quantity.ts';
import { autoscalers, podsOf } from './autoscalers.ts';
import { faultAt, type CheckInput, type ManifestFault, type NodeRoom } from './check.ts';

/** What the pods of one workload request at most. */
interface Share {
  readonly pod: PodTemplate;
  readonly each: bigint;
  readonly count: number;
  /** Pods among them that exist only during an update. */
  readonly surge: number;
}

const RESOURCES = ['cpu', 'memory'] as const;
type Resource = (typeof RESOURCES)[number];

/** A fault for each resource of which the pods request more than the nodes have, and for each pod that fits on no node. */
export function nodeRoomFaults({ set, options: { nodes } }: CheckInput): readonly ManifestFault[] {
  if (nodes === undefined) return [];
  return RESOURCES.flatMap((resource) => {
    const shares = set.pods.map((pod) => ({ pod, each: requestOf(pod, resource), ...podCount(set, pod) }));
    const tooLarge = shares.flatMap(({ pod, each }) => largeFaults(pod, each, resource, nodes));
    return tooLarge.length > 0 ? tooLarge : sumFaults(shares, resource, nodes);
  });
}

function largeFaults(pod: PodTemplate, each: bigint, resource: Resource, nodes: NodeRoom): ManifestFault[] {
  const room = amountOf(nodes[resource]);
  if (pod.object.kind === 'DaemonSet' || room === undefined || each <= room) return [];
  const message = `a pod requests ${textOf(each)} of ${resource}, but a node has ${nodes[resource]}, so it is never scheduled: lower the request, or raise nodes.${resource}`;
  return [faultAt(pod.object, pod.spec, 'node-room', message)];
}

function sumFaults(shares: readonly Share[], resource: Resource, nodes: NodeRoom): ManifestFault[] {
  const { count = 1 } = nodes;
  const room = (amountOf(nodes[resource]) ?? 0n) * BigInt(count);
  const total = shares.reduce((sum, share) => sum + requested(share), 0n);
  const [largest] = shares.toSorted((a, b) => Number(requested(b) - requested(a)));
  if (largest === undefined || total <= room) return [];
  const pods = shares.reduce((sum, share) => sum + share.count, 0);
  const surge = shares.reduce((sum, share) => sum + share.surge, 0);
  const message = `all ${pods} pods, ${surge} of them only during an update, request ${textOf(total)} of ${resource}, but ${count} ${count === 1 ? 'node has' : 'nodes have'} ${textOf(room)}, so some stay Pending: lower replicas or requests, or raise nodes.${resource} or nodes.count; ${kindAndName(largest.pod.object)} requests most, ${textOf(requested(largest))}`;
  return [faultAt(largest.pod.object, largest.pod.spec, 'node-room', message)];
}

function requested({ each, count }: Share): bigint {
  return each * BigInt(count);
}

/** What the scheduler reserves for a pod: all containers together, or the largest step before them. */
function requestOf({ containers, spec }: PodTemplate, resource: Resource): bigint {
  const requests = (initial: boolean): bigint[] =>
    containers.filter((it) => it.initial === initial).map(({ at }) => containerRequest(at, resource));
  const running = requests(false).reduce((sum, one) => sum + one, 0n);
  const largest = [running, ...requests(true)].reduce((most, one) => (one > most ? one : most));
  return largest + (amountOf(spec.at('overhead', resource).value) ?? 0n);
}

/** A limit without a request is the request too. */
function containerRequest(container: Cursor, resource: Resource): bigint {
  const [request, limit] = ['requests', 'limits'].map((list) => container.at('resources', list, resource).value);
  return amountOf(request) ?? amountOf(limit) ?? 0n;
}

/** Pods of a workload at most; none of a DaemonSet, which nodes are stated without. */
function podCount(set: ManifestSet, pod: PodTemplate): Pick<Share, 'count' | 'surge'> {
  const { object, replicas = 1 } = pod;
  if (object.kind === 'DaemonSet') return { count: 0, surge: 0 };
  if (object.kind === 'Job') return { count: object.root.at('spec', 'parallelism').number ?? 1, surge: 0 };
  const autoscaler = set.derived(autoscalers).get(pod);
  const least = autoscaler?.root.at('spec', 'minReplicas').number ?? replicas;
  const surge = object.kind === 'Deployment' ? surgeOf(object.root.at('spec', 'strategy'), least) : 0;
  return { count: least + surge, surge };
}

const DEFAULT_SURGE = '25%';

function surgeOf(strategy: Cursor, replicas: number): number {
  if (strategy.at('type').text === 'Recreate' || replicas === 0) return 0;
  const { value = DEFAULT_SURGE } = strategy.at('rollingUpdate', 'maxSurge');
  return podsOf(value, replicas);
}

function textOf(billionths: bigint): string {
  return String(canonicalQuantity(`${billionths}n`));
}
