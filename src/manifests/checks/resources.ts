/** Quantities that the server reads, requests within their limits, and figures that no node has. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, PodTemplate } from '../manifest-set.ts';
import { amountOf } from '../quantity.ts';
import { isUnrendered } from '../unrendered.ts';
import { faultAt, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every quantity that is invalid, above its limit, or beyond any node. */
export function resourceFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.pods.flatMap((pod) =>
      pod.containers.flatMap(({ name, at }) => [
        ...resourcesFaults(pod.object, `container ${name}`, at.at('resources')),
        ...unlikelyFaults(pod.object, name, at.at('resources')),
        ...nameFaults(pod.object, name, at.at('resources')),
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
    ...set.ofKind('ResourceQuota').flatMap((quota) => mapFaults(quota, quota.root.at('spec', 'hard'))),
    ...set
      .ofKind('LimitRange')
      .flatMap((range) =>
        range.root
          .at('spec', 'limits')
          .items.flatMap((item) =>
            ['default', 'defaultRequest', 'max', 'min'].flatMap((field) => mapFaults(range, item.at(field))),
          ),
      ),
    ...set
      .ofKind('HorizontalPodAutoscaler')
      .flatMap((autoscaler) =>
        autoscaler.root
          .at('spec', 'metrics')
          .items.flatMap((metric) =>
            metric.entries
              .map(([, source]) => source.at('target'))
              .flatMap((target) =>
                [target.at('averageValue'), target.at('value')].flatMap((at) => sizeFault(autoscaler, at)),
              ),
          ),
      ),
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

function mapFaults(object: ManifestObject, quantities: Cursor): ManifestFault[] {
  return quantities.entries.flatMap(([, at]) => sizeFault(object, at));
}

function claimTemplates(pod: PodTemplate): readonly Cursor[] {
  return pod.object.kind === 'StatefulSet' ? pod.object.root.at('spec', 'volumeClaimTemplates').items : [];
}

function resourcesFaults(object: ManifestObject, owner: string, resources: Cursor): ManifestFault[] {
  const [requests, limits] = [resources.at('requests'), resources.at('limits')];
  return [
    ...[requests, limits].flatMap((list) => mapFaults(object, list)),
    ...storageFaults(object, requests.at('storage')),
    ...requests.entries.flatMap(([resource, at]) => {
      const [request, limit] = [amountOf(at.value), amountOf(limits.at(resource).value)];
      if (request === undefined || limit === undefined || request <= limit) return [];
      const message = `${owner} requests ${String(at.value)} of ${resource} and is limited to ${String(limits.at(resource).value)}, but a request must not exceed its limit: lower the request or raise the limit`;
      return [faultAt(object, at, 'resources-range', message)];
    }),
  ];
}

const SUFFIXES = 'm, k, M, G, T, Ki, Mi, Gi or Ti';

/** A claim of less than a file system needs: the unit was forgotten. With a unit it may be meant, as for a file in memory. */
function storageFaults(object: ManifestObject, at: Cursor): ManifestFault[] {
  const bytes = amountOf(at.value);
  if (bytes === undefined || bytes <= 0n || bytes >= LEAST_BYTES * NANO || /[kKMG]i?$/.test(String(at.value)))
    return [];
  const message = `storage is ${String(at.value)}, less than 1Mi (storage is counted in bytes): did you mean ${withoutUnit(at.value)}Gi`;
  return [faultAt(object, at, 'resources-unlikely', message)];
}

function sizeFault(object: ManifestObject, at: Cursor): ManifestFault[] {
  const amount = amountOf(at.value);
  if (!at.exists || typeof at.value === 'object' || (amount !== undefined && amount >= 0n)) return [];
  const text = String(at.value);
  if (amount !== undefined) {
    return [
      faultAt(object, at, 'quantity', `${text} is negative, which the API server rejects: write a positive quantity`),
    ];
  }
  if (/[${<]/.test(text)) return [];
  const stripped = /^(\d+(?:\.\d+)?)\s*([KMGT]i?)B$/i.exec(text);
  const hint =
    stripped === null ? `write a number, optionally with ${SUFFIXES}` : `did you mean ${stripped[1]}${stripped[2]}`;
  const message = `${JSON.stringify(at.value)} is not a quantity: ${hint}`;
  return [faultAt(object, at, 'quantity', message)];
}

/** What every node has; other names belong to somebody, and are written with a DNS name and a slash. */
const NODE_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** Resources that no container can have, and pieces of hardware that are not whole. */
function nameFaults(object: ManifestObject, container: string, resources: Cursor): ManifestFault[] {
  const [requests, limits] = [resources.at('requests'), resources.at('limits')];
  return [requests, limits].flatMap((list) =>
    list.entries.flatMap(([name, at]) => {
      if (/^hugepages-/.test(name) || NODE_RESOURCES.includes(name) || isUnrendered(name)) return [];
      const fault = (message: string): ManifestFault[] => [faultAt(object, at, 'field-value', message)];
      if (!name.includes('/')) {
        const hint = nearest(name, NODE_RESOURCES);
        return fault(
          `container ${container} names the resource ${name}, which does not exist, so the API server rejects it: ${hint}`,
        );
      }
      const amount = amountOf(at.value);
      if (amount !== undefined && amount % NANO !== 0n) {
        return fault(`container ${container} names ${String(at.value)} of ${name}, must be a whole number: correct it`);
      }
      const [request, limit] = [amountOf(requests.at(name).value), amountOf(limits.at(name).value)];
      if (list === limits || request === limit) return [];
      return fault(
        `container ${container} requests ${String(at.value)} of ${name}, must have the same limit: set limits['${name}'] to it`,
      );
    }),
  );
}

/** More cores than a node of any cloud has. */
const MOST_CORES = 256n;
/** Less memory than any process needs: the unit was forgotten. */
const LEAST_BYTES = 1024n * 1024n;
/** More memory than a node of any cloud has. */
const MOST_BYTES = 64n * 1024n ** 4n;
const NANO = 10n ** 9n;

/** Whether a quantity counts parts of a byte; those of a larger unit are rounded. */
function isFractional(value: unknown): boolean {
  return /[\dnum.]$/.test(String(value)) && (amountOf(value) ?? 0n) % NANO !== 0n;
}

/** `512` of `512m` or `512k`. */
function withoutUnit(quantity: unknown): string {
  return String(quantity).replace(/[a-zA-Z]+$/, '');
}

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
      const message = `${list}.memory of container ${name} is ${String(memory.value)}, less than 1Mi (memory is counted in bytes): did you mean ${withoutUnit(memory.value)}Mi`;
      faults.push(faultAt(object, memory, 'resources-unlikely', message));
    }
    if (bytes !== undefined && bytes >= LEAST_BYTES * NANO && isFractional(memory.value)) {
      const message = `${list}.memory of container ${name} is ${String(memory.value)}, a fraction of a byte: write whole bytes, such as 512Mi`;
      faults.push(faultAt(object, memory, 'resources-unlikely', message));
    }
    if (bytes !== undefined && bytes > MOST_BYTES * NANO) {
      const message = `${list}.memory of container ${name} is ${String(memory.value)}, more than any node has: lower it`;
      faults.push(faultAt(object, memory, 'resources-unlikely', message));
    }
    return faults;
  });
}
