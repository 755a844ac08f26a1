/** Quantities that the server reads, requests within their limits, and figures that no node has. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, PodTemplate } from '../manifest-set.ts';
import { amountOf } from '../quantity.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every quantity that is invalid, above its limit, or beyond any node. */
export function resourceFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.pods.flatMap((pod) =>
      pod.containers.flatMap(({ name, at }) => [
        ...resourcesFaults(pod.object, `container ${name}`, at.at('resources')),
        ...unlikelyFaults(pod.object, name, at.at('resources')),
      ]),
    ),
    ...set.pods.flatMap((pod) => [
      ...pod.spec.at('volumes').items.flatMap((volume) => sizeFault(pod.object, volume.at('emptyDir', 'sizeLimit'))),
      ...claimTemplates(pod).flatMap((claim) =>
        resourcesFaults(pod.object, 'the claim', claim.at('spec', 'resources')),
      ),
    ]),
    ...set
      .ofKind('PersistentVolumeClaim')
      .flatMap((claim) => resourcesFaults(claim, 'the claim', claim.root.at('spec', 'resources'))),
    ...set
      .ofKind('PersistentVolume')
      .flatMap((volume) => volume.root.at('spec', 'capacity').entries.flatMap(([, at]) => sizeFault(volume, at))),
  ];
}

/** Containers without a limit of memory, which one leak lets take all of the node's. A matter of policy. */
export function memoryLimitFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) =>
    pod.containers
      .filter(({ at }) => !at.at('resources', 'limits', 'memory').exists)
      .map(({ name, at }) => {
        const message = `container ${name} has no memory limit, so a leak uses the memory of the whole node: set resources.limits.memory`;
        return faultAt(pod.object, at, 'memory-limit', message);
      }),
  );
}

function claimTemplates(pod: PodTemplate): readonly Cursor[] {
  return pod.object.kind === 'StatefulSet' ? pod.object.root.at('spec', 'volumeClaimTemplates').items : [];
}

function resourcesFaults(object: ManifestObject, owner: string, resources: Cursor): ManifestFault[] {
  const [requests, limits] = [resources.at('requests'), resources.at('limits')];
  return [
    ...[requests, limits].flatMap((list) => list.entries.flatMap(([, at]) => sizeFault(object, at))),
    ...requests.entries.flatMap(([resource, at]) => {
      const [request, limit] = [amountOf(at.value), amountOf(limits.at(resource).value)];
      if (request === undefined || limit === undefined || request <= limit) return [];
      const message = `${owner} requests ${String(at.value)} of ${resource} and is limited to ${String(limits.at(resource).value)}, but a request must not exceed its limit: lower the request or raise the limit`;
      return [faultAt(object, at, 'resources-range', message)];
    }),
  ];
}

const SUFFIXES = 'm, k, M, G, T, Ki, Mi, Gi or Ti';

function sizeFault(object: ManifestObject, at: Cursor): ManifestFault[] {
  if (!at.exists || amountOf(at.value) !== undefined || typeof at.value === 'object') return [];
  const text = String(at.value);
  if (/[${<]/.test(text)) return [];
  const stripped = /^(\d+(?:\.\d+)?)\s*([KMGT]i?)B$/i.exec(text);
  const hint =
    stripped === null ? `write a number, optionally with ${SUFFIXES}` : `did you mean ${stripped[1]}${stripped[2]}`;
  const message = `${JSON.stringify(at.value)} is not a quantity: ${hint}`;
  return [faultAt(object, at, 'quantity', message)];
}

/** More cores than a node of any cloud has. */
const MOST_CORES = 256n;
/** Less memory than any process needs: the unit was forgotten. */
const LEAST_BYTES = 1024n * 1024n;
const NANO = 10n ** 9n;

function unlikelyFaults(object: ManifestObject, name: string, resources: Cursor): ManifestFault[] {
  return ['requests', 'limits'].flatMap((list) => {
    const [cpu, memory] = [resources.at(list, 'cpu'), resources.at(list, 'memory')];
    const [cores, bytes] = [amountOf(cpu.value), amountOf(memory.value)];
    const faults: ManifestFault[] = [];
    if (cores !== undefined && cores > MOST_CORES * NANO) {
      const message = `${list}.cpu of container ${name} is ${String(cpu.value)} cores, more than any node has: did you mean ${String(cpu.value)}m`;
      faults.push(faultAt(object, cpu, 'resources-unlikely', message));
    }
    if (bytes !== undefined && bytes > 0n && bytes < LEAST_BYTES * NANO) {
      const message = `${list}.memory of container ${name} is ${String(memory.value)}, less than 1Mi (memory is counted in bytes): did you mean ${String(memory.value).replace(/m$/, '')}Mi`;
      faults.push(faultAt(object, memory, 'resources-unlikely', message));
    }
    return faults;
  });
}
