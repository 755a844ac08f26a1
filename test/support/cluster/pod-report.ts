/** Status of a pod as a kubelet would write it, from what becomes of its containers. */
import { outcomeOf, RESTARTS, type ContainerEvent, type ContainerOutcome } from './container-outcome.ts';
import type { Pod, PodContainer } from './pod.ts';
import { missingSource, volumeMentions, type PodSources } from './pod-sources.ts';

/** What is to be said of a pod. */
export interface PodReport {
  readonly phase: 'Pending' | 'Running' | 'Succeeded';
  /** Whether something outside of the pod may change it, so that it is worth another look. */
  readonly waits: boolean;
  readonly status: object;
  readonly events: readonly ContainerEvent[];
}

/** What a status is made from besides the pod. */
export interface PodFacts {
  readonly sources: PodSources;
  /** Address of the pod. */
  readonly address: string;
  /** Name of the node. */
  readonly now: string;
}

type State = Readonly<Record<string, unknown>>;

/** Judges a pod. */
export function judgePod(pod: Pod, facts: PodFacts): PodReport {
  const { initContainers = [], containers } = pod.spec;
  const unmounted = missingVolume(pod, facts.sources);
  const inits = initContainers.map((it) => ({ container: it, outcome: outcomeOf(it, pod, facts.sources) }));
  const mains = containers.map((it) => ({ container: it, outcome: outcomeOf(it, pod, facts.sources) }));
  const stuck = unmounted !== undefined || inits.some(({ outcome }) => outcome.is !== 'well');
  const done =
    !stuck && (pod.spec.restartPolicy ?? 'Always') !== 'Always' && mains.every((it) => it.outcome.is === 'well');
  const all = [...inits, ...(stuck ? [] : mains)];
  const ready = !stuck && mains.every(({ outcome }) => outcome.is === 'well');
  const write = ({ container, outcome }: (typeof mains)[number], init: boolean): State =>
    statusOf(container, whereStuck(outcome, unmounted !== undefined, stuck && !init), init || done, facts.now);
  const phase = done ? 'Succeeded' : stuck || mains.some((it) => it.outcome.is === 'waiting') ? 'Pending' : 'Running';
  return {
    phase,
    waits: unmounted !== undefined || all.some(({ outcome }) => outcome.is === 'waiting'),
    status: {
      phase,
      hostIP: '127.0.0.1',
      podIP: facts.address,
      podIPs: [{ ip: facts.address }],
      startTime: facts.now,
      conditions: conditions(!stuck, ready && !done, facts.now),
      initContainerStatuses: inits.map((it) => write(it, true)),
      containerStatuses: mains.map((it) => write(it, false)),
    },
    events: unmounted === undefined ? all.flatMap((it) => eventsOf(it.container, it.outcome, pod)) : [unmounted],
  };
}

function missingVolume(pod: Pod, sources: PodSources): ContainerEvent | undefined {
  for (const mention of volumeMentions(pod)) {
    const missing = missingSource(mention, sources, pod.metadata.namespace);
    const message = `MountVolume.SetUp failed for volume "${mention.volume}" : ${missing ?? ''}`;
    if (missing !== undefined) return { reason: 'FailedMount', message };
  }
  return undefined;
}

function whereStuck(outcome: ContainerOutcome, unmounted: boolean, behindInit: boolean): ContainerOutcome {
  if (!unmounted && !behindInit) return outcome;
  return { is: 'waiting', reason: unmounted ? 'ContainerCreating' : 'PodInitializing', message: '', events: [] };
}

function statusOf(
  { name, image, restartPolicy }: PodContainer,
  outcome: ContainerOutcome,
  ends: boolean,
  now: string,
): State {
  const ended = ends && restartPolicy !== 'Always' && outcome.is === 'well';
  const running = outcome.is === 'well' || outcome.is === 'unready';
  const said: State = ended
    ? { state: { terminated: termination(0, 'Completed', now) } }
    : running
      ? { state: { running: { startedAt: now } } }
      : { state: { waiting: waitingState(name, outcome) } };
  const crashed: State =
    outcome.is === 'crashing'
      ? { lastState: { terminated: termination(1, 'Error', now) }, restartCount: RESTARTS }
      : {};
  const imageID = outcome.is === 'waiting' ? '' : image;
  const ready = outcome.is === 'well';
  return { name, image, imageID, restartCount: 0, ready, started: running && !ended, ...said, ...crashed };
}

function waitingState(name: string, outcome: ContainerOutcome): State {
  if (outcome.is === 'waiting') return { reason: outcome.reason, message: outcome.message };
  return { reason: 'CrashLoopBackOff', message: `back-off 40s restarting failed container=${name}` };
}

function termination(exitCode: number, reason: string, now: string): State {
  return { exitCode, reason, startedAt: now, finishedAt: now };
}

function conditions(initialized: boolean, ready: boolean, now: string): readonly State[] {
  const condition = (type: string, holds: boolean): State => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: now,
    ...(holds ? {} : { reason: 'ContainersNotReady' }),
  });
  return [condition('Initialized', initialized), condition('ContainersReady', ready), condition('Ready', ready)];
}

function eventsOf({ name }: PodContainer, outcome: ContainerOutcome, { metadata }: Pod): readonly ContainerEvent[] {
  if (outcome.is === 'waiting') return outcome.events;
  if (outcome.is !== 'crashing') return [];
  const place = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
  return [{ reason: 'BackOff', message: `Back-off restarting failed container ${name} in pod ${place}` }];
}
