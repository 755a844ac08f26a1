/** Figures that together keep a rollout from ever ending, or end it too early. */
import type { Cursor } from '../cursor.ts';
import type { ManifestSet, PodContainer, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

const DEFAULT_PROGRESS_SECONDS = 600;
const DEFAULT_GRACE_SECONDS = 30;
const ONE_NODE: ReadonlySet<string> = new Set(['ReadWriteOnce', 'ReadWriteOncePod']);

/** Every rollout that would hang or be cut off. */
export function rolloutFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => [
    ...(pod.object.kind === 'Deployment' ? [...strategyFaults(pod), ...claimFaults(set, pod)] : []),
    ...(pod.object.kind === 'Deployment' ? progressFaults(pod) : []),
    ...graceFaults(pod),
  ]);
}

function strategyFaults(pod: PodTemplate): ManifestFault[] {
  const strategy = pod.object.root.at('spec', 'strategy');
  const rolling = strategy.at('rollingUpdate');
  if (strategy.at('type').text === 'Recreate' && rolling.exists) {
    const message =
      'the strategy is Recreate but has rollingUpdate, which the API server refuses: remove rollingUpdate';
    return [faultAt(pod.object, rolling, 'strategy-conflict', message)];
  }
  const none = (at: Cursor): boolean => at.value === 0 || at.value === '0' || at.value === '0%';
  if (!none(rolling.at('maxUnavailable')) || !none(rolling.at('maxSurge'))) return [];
  const message = 'maxUnavailable and maxSurge are both 0, so the rollout can never make progress: set maxSurge to 1';
  return [faultAt(pod.object, rolling, 'rollout-stuck', message)];
}

function claimFaults(set: ManifestSet, pod: PodTemplate): ManifestFault[] {
  return pod.spec.at('volumes').items.flatMap((volume) => {
    const at = volume.at('persistentVolumeClaim', 'claimName');
    const claim = set.find('PersistentVolumeClaim', pod.object.namespace, at.text ?? '');
    const modes = claim?.root.at('spec', 'accessModes').items.map((mode) => mode.text ?? '') ?? [];
    if (modes.length === 0 || !modes.every((mode) => ONE_NODE.has(mode))) return [];
    const replicas = pod.replicas ?? 1;
    if (replicas > 1) {
      const message = `${replicas} replicas share the claim ${at.text}, which is ${modes.join(', ')}, so those on a second node never start: use a StatefulSet, a ReadWriteMany claim, or one replica`;
      return [faultAt(pod.object, at, 'claim-shared', message)];
    }
    if (pod.object.root.at('spec', 'strategy', 'type').text === 'Recreate') return [];
    const message = `a rolling update starts the new pod while the old one uses the claim ${at.text}, which is ${modes.join(', ')}, so the update may never complete: set the strategy to Recreate, or use a StatefulSet`;
    return [faultAt(pod.object, at, 'claim-rolling-update', message)];
  });
}

function progressFaults(pod: PodTemplate): ManifestFault[] {
  const at = pod.object.root.at('spec', 'progressDeadlineSeconds');
  const deadline = at.number ?? DEFAULT_PROGRESS_SECONDS;
  const minReady = pod.object.root.at('spec', 'minReadySeconds').number ?? 0;
  return pod.containers.flatMap((container) => {
    const start = startSeconds(container) + minReady;
    if (start < deadline) return [];
    const message = `progressDeadlineSeconds is ${deadline}, but container ${container.name} may take ${start} s to start according to its startup probe, so a slow start counts as a failed rollout: set it above ${start}`;
    return [faultAt(pod.object, at.exists ? at : pod.object.root.at('spec'), 'progress-deadline', message)];
  });
}

/** Seconds that the start-up probe gives a container. */
function startSeconds(container: PodContainer): number {
  const probe = container.at.at('startupProbe');
  if (!probe.exists) return 0;
  const attempts = (probe.at('failureThreshold').number ?? 3) * (probe.at('periodSeconds').number ?? 10);
  return (probe.at('initialDelaySeconds').number ?? 0) + attempts;
}

function graceFaults(pod: PodTemplate): ManifestFault[] {
  const at = pod.spec.at('terminationGracePeriodSeconds');
  const grace = at.number ?? DEFAULT_GRACE_SECONDS;
  if (grace <= 0) {
    const message = `terminationGracePeriodSeconds is ${grace}, so pods are killed while they work: set it to the duration of the longest request or job`;
    return [faultAt(pod.object, at, 'grace-zero', message)];
  }
  return pod.containers.flatMap((container) => {
    const sleep = sleepSeconds(container.at.at('lifecycle', 'preStop'));
    if (sleep < grace) return [];
    const message = `terminationGracePeriodSeconds is ${grace}, but preStop of container ${container.name} sleeps ${sleep} s, so no time is left to stop: raise the grace period or shorten the sleep`;
    return [faultAt(pod.object, at.exists ? at : container.at, 'grace-short', message)];
  });
}

function sleepSeconds(hook: Cursor): number {
  const seconds = hook.at('sleep', 'seconds').number;
  if (seconds !== undefined) return seconds;
  const command = hook.at('exec', 'command').items.map((item) => item.text ?? '');
  return Number(/(?:^|[\s/;])sleep (\d+)/.exec(command.join(' '))?.[1] ?? 0);
}
