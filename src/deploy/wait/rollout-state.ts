/** How far a workload is: the same conditions as `kubectl rollout status`, read from the object alone. */
import type { Cursor } from '#manifests';

/** How far a workload is. */
export interface RolloutState {
  readonly done: boolean;
  /** For people: `1 of 2 ready`. */
  readonly text: string;
}

/** State of a Deployment, StatefulSet or DaemonSet; of one that was not told yet too. */
export function rolloutState(workload: Cursor | undefined): RolloutState {
  if (workload === undefined) return waiting('not seen yet');
  const generation = workload.at('metadata', 'generation').number ?? 0;
  if ((workload.at('status', 'observedGeneration').number ?? 0) < generation) {
    return waiting('the controller has not seen it yet');
  }
  switch (workload.at('kind').text) {
    case 'Deployment':
      return deploymentState(workload);
    case 'StatefulSet':
      return statefulSetState(workload);
    default:
      return daemonSetState(workload);
  }
}

function deploymentState(workload: Cursor): RolloutState {
  const wanted = workload.at('spec', 'replicas').number ?? 1;
  const { updated, all, available } = {
    updated: statusFigure(workload, 'updatedReplicas'),
    all: statusFigure(workload, 'replicas'),
    available: statusFigure(workload, 'availableReplicas'),
  };
  if (updated < wanted) return waiting(`${updated} of ${wanted} updated`);
  if (all > updated) return waiting(`${all - updated} old still running`);
  if (available < updated) return waiting(`${available} of ${updated} available`);
  return { done: true, text: `${available} of ${wanted} available` };
}

function statefulSetState(workload: Cursor): RolloutState {
  const wanted = workload.at('spec', 'replicas').number ?? 1;
  if (onDelete(workload)) return { done: true, text: 'updated only when its pods are deleted (OnDelete)' };
  const partition = workload.at('spec', 'updateStrategy', 'rollingUpdate', 'partition').number ?? 0;
  const ready = statusFigure(workload, 'readyReplicas');
  if (ready < wanted) return waiting(`${ready} of ${wanted} ready`);
  const updated = statusFigure(workload, 'updatedReplicas');
  const isCurrent = workload.at('status', 'updateRevision').text === workload.at('status', 'currentRevision').text;
  if (!isCurrent && updated < wanted - partition) return waiting(`${updated} of ${wanted - partition} updated`);
  return { done: true, text: `${ready} of ${wanted} ready` };
}

function daemonSetState(workload: Cursor): RolloutState {
  const wanted = statusFigure(workload, 'desiredNumberScheduled');
  if (onDelete(workload)) return { done: true, text: 'updated only when its pods are deleted (OnDelete)' };
  const updated = statusFigure(workload, 'updatedNumberScheduled');
  const available = statusFigure(workload, 'numberAvailable');
  if (updated < wanted) return waiting(`${updated} of ${wanted} updated`);
  if (available < wanted) return waiting(`${available} of ${wanted} available`);
  return { done: true, text: `${available} of ${wanted} available` };
}

function statusFigure(workload: Cursor, name: string): number {
  return workload.at('status', name).number ?? 0;
}

function onDelete(workload: Cursor): boolean {
  return workload.at('spec', 'updateStrategy', 'type').text === 'OnDelete';
}

function waiting(text: string): RolloutState {
  return { done: false, text };
}
