import { kindAndName } from '#manifests';
import type { ManifestObject } from '#manifests';
import type { ClusterView } from './cluster-view.ts';
import { clockOf, lastingCauses, type LastingCause } from './lasting-cause.ts';
import { rolloutState, type RolloutState } from './rollout-state.ts';

/** What is to be said of one workload at a moment. */
export interface Judgement {
  readonly workload: ManifestObject;
  /** Whether the watches have told of it. */
  readonly seen: boolean;
  readonly state: RolloutState;
  /** The gravest cause that stands against it. */
  readonly cause: LastingCause | undefined;
  /** Whether that cause has stood for as long as it takes to count. */
  readonly failed: boolean;
}

/** Judges workloads again and again, and remembers since when each cause stands. */
export class RolloutJudge {
  private since = new Map<string, number>();
  private readonly workloads: readonly ManifestObject[];

  constructor(workloads: readonly ManifestObject[]) {
    this.workloads = workloads;
  }

  /** Judges what the watches have told so far; `nowMs` is of any clock that does not go back. */
  judge(view: ClusterView, nowMs: number): readonly Judgement[] {
    const standing = new Map<string, number>();
    const judgements = this.workloads.map((workload) => {
      const live = view.find(workload.kind, workload.name);
      const state = rolloutState(live);
      // until the controller has seen the change, the status is that of the previous rollout
      const causes = live === undefined || state.done || isUnseen(live) ? [] : lastingCauses(live, view);
      const counted = causes.map((cause) => {
        const key = `${kindAndName(workload)} ${clockOf(cause)}`;
        const since = this.since.get(key) ?? nowMs;
        standing.set(key, since);
        return { cause, failed: nowMs - since >= cause.patienceMs };
      });
      const gravest = counted.find(({ failed }) => failed) ?? counted[0];
      return { workload, seen: live !== undefined, state, cause: gravest?.cause, failed: gravest?.failed ?? false };
    });
    this.since = standing;
    return judgements;
  }
}

function isUnseen(live: NonNullable<ReturnType<ClusterView['find']>>): boolean {
  return (live.at('status', 'observedGeneration').number ?? 0) < (live.at('metadata', 'generation').number ?? 0);
}
