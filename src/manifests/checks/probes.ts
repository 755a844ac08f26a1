/** Probes and hooks: the port that they ask is one that the pod opens. */
import type { Cursor } from '../cursor.ts';
import type { PodContainer, PodTemplate } from '../manifest-set.ts';
import { faultAt, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { containerPorts, portsOf } from '../service-pods.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;

/** Every probe or hook that asks a port which nothing opens. */
export function probeFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => pod.containers.flatMap((container) => containerFaults(pod, container)));
}

function containerFaults(pod: PodTemplate, container: PodContainer): ManifestFault[] {
  const askers = [
    ...PROBES.map((name) => ({ name, at: container.at.at(name) })),
    ...HOOKS.map((name) => ({ name, at: container.at.at('lifecycle', name) })),
  ];
  return askers
    .filter(({ at }) => at.exists)
    .flatMap(({ name, at }) =>
      ['httpGet', 'tcpSocket', 'grpc'].flatMap((kind) => {
        const ask = at.at(kind);
        return ask.exists ? portFault(pod, container, name, ask.at('port')) : [];
      }),
    );
}

function portFault(pod: PodTemplate, container: PodContainer, asker: string, port: Cursor): ManifestFault[] {
  if (!port.exists) return [];
  // a name is looked up in the container, a number is dialled on the pod
  const known: readonly (string | number)[] =
    port.text === undefined
      ? containerPorts(pod).map((it) => it.port)
      : portsOf(container.at).map((it) => it.name ?? '');
  const open = known.includes(port.text ?? port.number ?? 0) || (port.text === undefined && known.length === 0);
  if (open) return [];
  const names = known.map(String);
  const message = `${asker} of container ${container.name} uses port ${String(port.value)}, which the container does not have, so it can never succeed: ${nearest(String(port.value), names)}`;
  return [faultAt(pod.object, port, 'probe-port', message)];
}
