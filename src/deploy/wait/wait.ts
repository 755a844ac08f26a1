/** Follows all workloads at once until each runs what was applied, one fails permanently, or the time is up. */
import { setTimeout as pause } from 'node:timers/promises';
import { kindAndName, resourceOf } from '#manifests';
import type { ManifestObject } from '#manifests';
import { ClusterView } from './cluster-view.ts';
import type { Tell } from '../deploy-event.ts';
import { durationText } from '../duration.ts';
import { evidenceOf } from './evidence.ts';
import { DeployFailure, type DeployFault } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';
import { nextCommand } from './next-command.ts';
import { RolloutJudge, type Judgement } from './rollout-judge.ts';

/** How a wait is done. */
export interface WaitOptions {
  readonly timeoutMs: number;
  readonly tell: Tell;
  /** The step that it is part of. */
  readonly step: 'wait' | 'undo';
}

/** A cause counts after a while of standing, so time alone can end a wait. */
const TICK_MS = 1000;
/** The same fault shows in other workloads a moment later: all are told at once. */
const SETTLE_MS = 3000;
/** A watch that the server ends is begun again after this pause. */
const AGAIN_MS = 1000;

/** Waits. Throws a `DeployFailure` with a fault for each workload that is not ready. */
export async function waitForRollouts(
  kubectl: Kubectl,
  workloads: readonly ManifestObject[],
  { timeoutMs, tell, step }: WaitOptions,
): Promise<void> {
  const view = new ClusterView();
  const judge = new RolloutJudge(workloads);
  const watches = new AbortController();
  const startedAt = performance.now();
  const told = new Map<string, string>();
  try {
    const outcome = await new Promise<readonly Judgement[]>((resolve, reject) => {
      let failedAt: number | undefined;
      let isOver = false;
      const look = () => {
        if (isOver) return;
        const now = performance.now();
        const judgements = judge.judge(view, now);
        tellProgress(judgements, told, (event) => tell({ ...event, event: 'progress', step }));
        if (judgements.some(({ failed }) => failed)) failedAt ??= now;
        const isSettled = failedAt !== undefined && now - failedAt >= SETTLE_MS;
        isOver = now - startedAt >= timeoutMs || isSettled || judgements.every(({ state }) => state.done);
        if (isOver) resolve(judgements);
      };
      const tick = setInterval(look, TICK_MS);
      watches.signal.addEventListener('abort', () => clearInterval(tick));
      const follow = kubectl.until(watches.signal);
      const onEvent = (event: unknown) => {
        view.take(event);
        look();
      };
      Promise.all(watchedResources(workloads).map((it) => keepWatching(follow, it, onEvent, watches.signal))).catch(
        reject,
      );
      look();
    });
    const waitedMs = performance.now() - startedAt;
    const faults = await Promise.all(
      outcome
        .filter(({ state }) => !state.done)
        .map((it) => faultOf(kubectl, view, it, { waitedMs, isEarly: waitedMs < timeoutMs })),
    );
    if (faults.length > 0) throw new DeployFailure('wait', faults);
  } finally {
    watches.abort();
  }
}

function watchedResources(workloads: readonly ManifestObject[]): readonly string[] {
  const own = new Set(workloads.map(({ kind, group }) => `${resourceOf(kind)}.${group}`));
  return [...own, 'replicasets.apps', 'pods', 'events'];
}

/** Watches until it is stopped. The server ends a watch now and then; only a refusal is final. */
async function keepWatching(
  kubectl: Kubectl,
  resource: string,
  onEvent: (event: unknown) => void,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    try {
      const { err } = await kubectl.watch(resource, onEvent);
      if (/forbidden/i.test(err)) throw refusedWatch(kubectl, resource, err.trim());
      await pause(AGAIN_MS, undefined, { signal: stopped });
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it can be aborted during an await
      if (stopped.aborted) return;
      throw error;
    }
  }
}

function refusedWatch(kubectl: Kubectl, resource: string, message: string): DeployFailure {
  const next = kubectl.line('auth', 'can-i', 'watch', resource);
  return new DeployFailure('wait', [{ object: resource, reason: 'missing-right', message, next }]);
}

function tellProgress(
  judgements: readonly Judgement[],
  told: Map<string, string>,
  tell: (progress: { readonly object: string; readonly text: string; readonly done: boolean }) => void,
): void {
  for (const { workload, state, cause } of judgements.filter(({ seen }) => seen)) {
    const object = kindAndName(workload);
    const text = cause === undefined ? state.text : `${state.text}, ${cause.reason}`;
    if (told.get(object) === text) continue;
    told.set(object, text);
    tell({ object, text, done: state.done });
  }
}

async function faultOf(
  kubectl: Kubectl,
  view: ClusterView,
  { workload, state, cause }: Judgement,
  { waitedMs, isEarly }: { readonly waitedMs: number; readonly isEarly: boolean },
): Promise<DeployFault> {
  const live = view.find(workload.kind, workload.name);
  const waited = `not ready after ${durationText(waitedMs)}: ${state.text}`;
  return {
    object: kindAndName(workload),
    reason: cause?.reason ?? (isEarly ? 'unfinished' : 'timeout'),
    message: cause === undefined ? waited : `${cause.reason}: ${cause.message}`,
    evidence: live === undefined ? [] : await evidenceOf(kubectl, view, live, cause),
    next: nextCommand(kubectl, workload, cause),
  };
}
