/**
 * Why a rollout will not end by itself. Some states are a cause at once, a missing key for example; some heal now and
 * then, as a registry that is busy, and count only after they have stood for a while.
 */
import type { Cursor } from '#manifests';
import type { ClusterView, SeenEvent } from './cluster-view.ts';

/** A cause, and for how long it must stand before it counts. */
export interface LastingCause {
  /** Kubernetes' own word for it. */
  readonly reason: string;
  readonly message: string;
  /** The pod and container that show it, when it is one. */
  readonly pod?: string;
  readonly container?: string;
  readonly patienceMs: number;
}

/** A registry that answers too late, a Secret that is made at the same time. */
const MAY_HEAL_MS = 30_000;
/** The controller tries again with growing pauses; a quota may be freed by a pod that is going. */
const REFUSED_POD_MS = 10_000;
/** Crashes that the start of a store explains: services end themselves while what they need is not there. */
const CRASHES_AT_START = 2;

/** Words that the kubelet alternates between while one thing keeps failing, each with the word that its time is counted by. */
const ALTERNATING: Readonly<Record<string, string>> = {
  ErrImagePull: 'ImagePullBackOff',
  RunContainerError: 'CreateContainerError',
};

/** What the time of a cause is counted by: it goes on while the kubelet says the same thing in another word. */
export function clockOf({ reason, pod, container }: LastingCause): string {
  return [ALTERNATING[reason] ?? reason, pod, container].join(' ');
}

/** Causes that stand against a workload now; the gravest first. */
export function lastingCauses(workload: Cursor, view: ClusterView): readonly LastingCause[] {
  const events = view.eventsOf(workload);
  const fresh = view.newPods(workload);
  return [
    ...progressCauses(workload),
    ...fresh.flatMap((pod) => podCauses(pod, events)),
    ...refusedPods(workload, events, fresh.length),
    ...blockingPods(workload, view),
  ];
}

function progressCauses(workload: Cursor): readonly LastingCause[] {
  const condition = conditionOf(workload, 'Progressing');
  if (condition?.at('reason').text !== 'ProgressDeadlineExceeded') return [];
  const message = condition.at('message').text ?? 'no progress within progressDeadlineSeconds';
  return [{ reason: 'ProgressDeadlineExceeded', message, patienceMs: 0 }];
}

function podCauses(pod: Cursor, events: readonly SeenEvent[]): readonly LastingCause[] {
  const name = pod.at('metadata', 'name').text ?? '';
  const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap((list) => pod.at('status', list).items);
  const containers = statuses.flatMap((status) => containerCause(status, name) ?? []);
  return containers.length > 0 ? containers : mountCauses(pod, name, events);
}

function containerCause(status: Cursor, pod: string): LastingCause | undefined {
  const waiting = status.at('state', 'waiting');
  const reason = waiting.at('reason').text;
  const container = status.at('name').text ?? '';
  const restarts = status.at('restartCount').number ?? 0;
  const patienceMs = reason === undefined ? undefined : patienceOf(reason, waiting.at('message').text ?? '', restarts);
  if (reason === undefined || patienceMs === undefined) return undefined;
  const ended = status.at('lastState', 'terminated');
  const how = ended.exists
    ? `, it exited with ${ended.at('exitCode').number ?? '?'} (${ended.at('reason').text ?? 'no reason'}) after ${restarts} restarts`
    : '';
  const message = `container ${container}: ${waiting.at('message').text ?? reason}${how}`;
  return { reason, message, pod, container, patienceMs };
}

/** How long a state must stand; undefined for a state that is not listed. */
function patienceOf(reason: string, message: string, restarts: number): number | undefined {
  switch (reason) {
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
    case 'CreateContainerConfigError':
      return 0;
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return /not found|manifest unknown|unauthorized|denied|forbidden|no match for platform/i.test(message)
        ? 0
        : MAY_HEAL_MS;
    case 'CreateContainerError':
    case 'RunContainerError':
      return MAY_HEAL_MS;
    case 'CrashLoopBackOff':
      return restarts > CRASHES_AT_START ? 0 : undefined;
    default:
      return undefined;
  }
}

/** Volumes of a Secret or ConfigMap that is not there: the pod says nothing, only an Event does. */
function mountCauses(pod: Cursor, name: string, events: readonly SeenEvent[]): readonly LastingCause[] {
  if (pod.at('status', 'phase').text !== 'Pending') return [];
  const failed = events.findLast((it) => it.reason === 'FailedMount' && it.object === `Pod/${name}`);
  if (failed === undefined || !/not found|non-existent/.test(failed.message)) return [];
  return [{ reason: 'FailedMount', message: failed.message, pod: name, patienceMs: REFUSED_POD_MS }];
}

/** Pods that the API server does not let be: a quota, PodSecurity, an admission policy, a missing ServiceAccount. */
function refusedPods(workload: Cursor, events: readonly SeenEvent[], count: number): readonly LastingCause[] {
  const condition = conditionOf(workload, 'ReplicaFailure');
  if (condition?.at('status').text === 'True') {
    const message = condition.at('message').text ?? 'its pods are rejected';
    return [{ reason: condition.at('reason').text ?? 'FailedCreate', message, patienceMs: REFUSED_POD_MS }];
  }
  // a StatefulSet has no such condition
  if (workload.at('kind').text === 'Deployment' || count > 0) return [];
  const failed = events.findLast((it) => it.reason === 'FailedCreate');
  return failed === undefined ? [] : [{ reason: 'FailedCreate', message: failed.message, patienceMs: REFUSED_POD_MS }];
}

/** A StatefulSet replaces an old pod only once it is ready, so a broken one holds up its own cure. */
function blockingPods(workload: Cursor, view: ClusterView): readonly LastingCause[] {
  if (workload.at('kind').text !== 'StatefulSet') return [];
  return view
    .oldPods(workload)
    .flatMap((pod) => podCauses(pod, []))
    .map((cause) => ({
      ...cause,
      message: `${cause.message}; it belongs to the old revision, and is replaced only when it is ready or deleted`,
      patienceMs: Math.max(cause.patienceMs, MAY_HEAL_MS),
    }));
}

function conditionOf(workload: Cursor, type: string): Cursor | undefined {
  return workload.at('status', 'conditions').items.find((it) => it.at('type').text === type);
}
