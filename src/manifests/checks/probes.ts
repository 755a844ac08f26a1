/** Probes and hooks: the port that they ask is one that the pod opens. */
import type { Cursor } from '../cursor.ts';
import type { PodContainer, PodTemplate } from '../manifest-set.ts';
import { dialsOf } from '../dials.ts';
import { faultAt, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { containerPorts, podsBehind, portsOf } from '../service-pods.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;

/** Every probe or hook that asks a port which nothing opens. */
export function probeFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => pod.containers.flatMap((container) => containerFaults(pod, container)));
}

/** Containers behind a Service without a readiness probe, or with one that only repeats the liveness probe. A matter of policy. */
export function readinessFaults({ set }: CheckInput): readonly ManifestFault[] {
  const dialling = new Set(dialsOf(set).map((dial) => dial.pod));
  const served = new Set(set.ofKind('Service').flatMap((service) => podsBehind(set, service)));
  return [...served]
    .filter((pod) => !pod.embedded)
    .flatMap((pod) =>
      pod.containers
        .filter(({ initial, at }) => !initial && at.at('ports').items.length > 0)
        .flatMap(({ name, at }) => {
          const [ready, live] = [at.at('readinessProbe'), at.at('livenessProbe')];
          if (!ready.exists) {
            const message = `container ${name} has no readiness probe, so it gets requests before it can answer: add one`;
            return [faultAt(pod.object, at, 'readiness-probe', message)];
          }
          if (!live.exists || actionOf(ready) !== actionOf(live)) return [];
          // that of a store itself has nothing else to ask
          if (!dialling.has(pod) && JSON.stringify(ready.value) !== JSON.stringify(live.value)) return [];
          const message = `the readiness probe of container ${name} asks the same as its liveness probe, so an unavailable store restarts it instead of removing it from the Service: let the liveness probe check only the process`;
          return [faultAt(pod.object, live, 'readiness-probe', message)];
        }),
    );
}

/** What a probe asks, without how often. */
function actionOf(probe: Cursor): string {
  return JSON.stringify(['exec', 'grpc', 'httpGet', 'tcpSocket'].map((action) => probe.at(action).value));
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
